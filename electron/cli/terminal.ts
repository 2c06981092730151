import { createInterface } from 'node:readline/promises'

/** How a word is shown on a terminal; nowhere else it is plain. */
export type Style = 'plain' | 'strong' | 'quiet' | 'good' | 'bad' | 'notable'

/** Where a command writes to and asks: results on stdout, all the rest on stderr. */
export interface Terminal {
  /** True when a person can be asked. */
  readonly isInteractive: boolean
  /** Writes a line of the result. */
  say(line: string): void
  /** Writes a line about what happens. */
  tell(line: string): void
  /** A piece of a result in a style. */
  styled(style: Style, text: string): string
  /** A piece of what is told in a style. */
  toldIn(style: Style, text: string): string
  /** The answer to a question; null when the input ended. */
  ask(question: string): Promise<string | null>
  /** The answer to a question, not shown while it is typed; null when the input ended or Ctrl+C was pressed. */
  askHidden(question: string): Promise<string | null>
}

const CODES: Readonly<Record<Style, string>> = {
  plain: '',
  strong: '1',
  quiet: '2',
  good: '32',
  bad: '31',
  notable: '33',
}

/** The terminal, or the pipes, of this process. */
export function ownTerminal(environment: Readonly<Record<string, string | undefined>>): Terminal {
  const { stdin, stdout, stderr } = process
  const hasColour = (stream: NodeJS.WriteStream) =>
    stream.isTTY === true && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb'
  const colour = (stream: NodeJS.WriteStream) => (style: Style, text: string) =>
    style !== 'plain' && text !== '' && hasColour(stream) ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text
  // Whoever reads us may have gone: what was begun goes on.
  for (const stream of [stdout, stderr]) stream.on('error', () => {})
  return {
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    say: (line) => void stdout.write(`${line}\n`),
    tell: (line) => void stderr.write(`${line}\n`),
    styled: colour(stdout),
    toldIn: colour(stderr),
    ask: async (question) => {
      const reader = createInterface({ input: stdin, output: stderr })
      try {
        const ended = new Promise<null>((resolve) => reader.once('close', () => resolve(null)))
        // Ctrl+C belongs to the process, not to this line.
        reader.once('SIGINT', () => process.emit('SIGINT'))
        return await Promise.race([reader.question(question), ended])
      } finally {
        reader.close()
      }
    },
    askHidden: (question) => readHidden(question),
  }
}

/** Text of a server or a file as a terminal may show it: no control characters that would steer it. */
export function printable(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(/[\p{Cc}\u2028\u2029]/gu, (found) => (/[\n\t]/.test(found) ? found : '\ufffd'))
}

function readHidden(question: string): Promise<string | null> {
  const { stdin, stderr } = process
  stdin.setRawMode(true) // before the question: what is typed ahead must not show either
  stderr.write(question)
  stdin.setEncoding('utf8')
  stdin.resume()
  return new Promise((resolve) => {
    let typed = ''
    const finish = (answer: string | null) => {
      stdin.off('data', onData)
      stdin.off('end', onEnd)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
      resolve(answer)
    }
    const onEnd = () => finish(null)
    const onData = (keys: string) => {
      for (const key of keys) {
        if (key === '\r' || key === '\n') return finish(typed)
        if (key === '\u0003' || key === '\u0004') return finish(null) // Ctrl+C, Ctrl+D
        if (key === '\u007f' || key === '\b') typed = [...typed].slice(0, -1).join('')
        else typed += key
      }
    }
    stdin.on('data', onData)
    stdin.on('end', onEnd)
  })
}
