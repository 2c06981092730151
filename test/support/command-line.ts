import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { build } from 'vite'
import { formatConnectionUrl } from '../../contract/connection-url'
import type { TestDatabase } from './database-on'

/** How a command line ended, with all it wrote. */
export interface CommandEnd {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command line at work. */
export interface RunningCommand {
  readonly process: ChildProcess
  readonly ended: Promise<CommandEnd>
  /** Resolves once it has written something that fits, to whichever stream. */
  wrote(pattern: RegExp): Promise<void>
}

/** Builds `strata` as it is shipped, into a folder; gives the file that plain Node runs. */
export async function buildCommandLine(folder: string): Promise<string> {
  const configFile = resolve(import.meta.dirname, '../../vite.cli.config.ts')
  await build({ configFile, logLevel: 'silent', build: { outDir: folder } })
  return `${folder}/strata.mjs`
}

/** Variables that lead to a database, the password among them. */
export function leadingTo({ target, password }: TestDatabase): Readonly<Record<string, string>> {
  return { STRATA_DATABASE_URL: formatConnectionUrl(target), PGPASSWORD: password }
}

/** Starts `strata` with these words, and of the environment only what is given. */
export function startCommand(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningCommand {
  return startProcess([process.execPath, program, ...words], environment)
}

/** Starts it on a terminal of its own; what is written to its stdin is typed there, and all it shows is `stdout`. */
export function startOnTerminal(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningCommand {
  const quoted = [process.execPath, program, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`)
  return startProcess(['script', '--quiet', '--return', '--command', quoted.join(' '), '/dev/null'], environment)
}

function startProcess([file = '', ...words]: readonly string[], environment: Readonly<Record<string, string>>) {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(file, words, { env: { PATH, HOME, TERM: 'xterm', ...environment } })
  const written = { stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
      for (const check of [...waiting]) check()
    })
  }
  child.stdin.on('error', () => {}) // it may have ended without reading
  const ended = new Promise<CommandEnd>((settle, reject) => {
    child.once('error', reject)
    child.once('close', (code) => settle({ code, ...written }))
  })
  const wrote = (pattern: RegExp) =>
    new Promise<void>((settle, reject) => {
      const check = () => {
        if (!pattern.test(written.stdout + written.stderr)) return
        waiting.delete(check)
        settle()
      }
      waiting.add(check)
      void ended.then((end) => reject(new Error(`it ended without writing ${pattern}: ${JSON.stringify(end)}`)), reject)
      check()
    })
  return { process: child, ended, wrote }
}
