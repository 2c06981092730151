import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { maskPlain } from '../../contract/mask-secrets'

/** Writes one line to the engine's log. Never given SQL text, rows or objects: only words and numbers of ours. */
export type Log = (line: string) => void

/** Bytes after which the log file is set aside as `<file>.1`. */
const ROTATE_AT = 5 * 1024 * 1024

/** A log that appends to a file of mode 0600; passwords in it are masked as in the history of runs. Never throws. */
export function openLog(file: string): Log {
  let written = sizeOf(file)
  return (line) => {
    const text = `${new Date().toISOString()} ${maskPlain(line).replace(/\p{Cc}/gu, ' ')}\n`
    try {
      if (written > ROTATE_AT) {
        renameSync(file, `${file}.1`)
        written = 0
      }
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      appendFileSync(file, text, { mode: 0o600 })
      written += text.length
    } catch {
      // A full disk must not stop the engine; what could not be logged is not worth a second failure.
    }
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}
