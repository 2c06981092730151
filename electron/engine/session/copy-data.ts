import type { TextRange } from '../../../contract/query'

/** The part of a socket that COPY data goes to. */
export interface CopyStream {
  readonly writable: boolean
  /** False when its buffer is full: 'drain' follows. */
  write(bytes: Buffer): boolean
  once(event: 'drain', listener: () => void): unknown
}

/** Units of the script in one CopyData message. */
const CHUNK_UNITS = 64 * 1024
const COPY_DATA = 100 // 'd'

/** Data lines of a script on their way to COPY … FROM STDIN, no faster than the server takes them. */
export class CopyData {
  private readonly script: string
  private readonly to: number
  private at: number
  private isStopped = false

  constructor(script: string, range: TextRange) {
    this.script = script
    this.at = range.from
    this.to = range.to
  }

  /** Sends all data as CopyData messages in UTF-8, then calls `onSent`; never when it was stopped. */
  send(stream: CopyStream, onSent: () => void): void {
    while (!this.isStopped && this.at < this.to) {
      if (!stream.writable) return
      if (!stream.write(this.nextMessage())) {
        stream.once('drain', () => this.send(stream, onSent))
        return
      }
    }
    if (!this.isStopped) onSent()
  }

  /** Sends nothing more: the server does not want it. */
  stop(): void {
    this.isStopped = true
  }

  private nextMessage(): Buffer {
    let end = Math.min(this.at + CHUNK_UNITS, this.to)
    // A character of two units must not be torn: each half would become a replacement character.
    if (end < this.to && (this.script.charCodeAt(end - 1) & 0xfc00) === 0xd800) end -= 1
    const text = this.script.slice(this.at, end)
    const length = Buffer.byteLength(text)
    const message = Buffer.allocUnsafe(5 + length)
    message[0] = COPY_DATA
    message.writeUInt32BE(4 + length, 1)
    message.write(text, 5)
    this.at = end
    return message
  }
}

/**
 * Where in the script the server found COPY data wrong, from the context it gave (`COPY t, line 3, column id: "x"`): the value when it
 * stands there once, else its line. Null when the context names no line. Source: PostgreSQL, copyfrom.c, CopyFromErrorCallback.
 */
export function copyErrorPlace(where: string, script: string, data: TextRange): TextRange | null {
  // The word for "line" is in the language of the server's messages.
  const found = /^COPY [^\n]*?, \p{L}+ (\d+)(?:, [^\n]*?: "([^\n]*)")?/mu.exec(where)
  if (found === null) return null
  let from = data.from
  for (let line = 1; line < Number(found[1]); line += 1) {
    const newline = script.indexOf('\n', from)
    if (newline < 0 || newline >= data.to) return null
    from = newline + 1
  }
  const newline = script.indexOf('\n', from)
  const lineEnd = newline < 0 ? data.to : Math.min(newline, data.to)
  const to = script.charAt(lineEnd - 1) === '\r' ? lineEnd - 1 : lineEnd
  const value = found[2] ?? ''
  const at = value === '' ? -1 : script.slice(from, to).indexOf(value)
  const isAlone = at >= 0 && script.slice(from, to).indexOf(value, at + 1) < 0
  return isAlone ? { from: from + at, to: from + at + value.length } : { from, to }
}
