import { isUtf8 } from 'node:buffer'
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'

/** Largest script that is read, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024
/** Larger files are read without waiting for the disk. */
const MAX_BYTES_AT_ONCE = 256 * 1024
/** Milliseconds of reading at a stretch: then whoever else shares this process has a turn. */
const TURN_MS = 8
/** Milliseconds for one file from which on a disk is not waited for. */
const SLOW_MS = 50

// O_NOFOLLOW: a link may lead out of the project; O_NONBLOCK: opening a pipe would wait for its writer.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** The text of a script; null when there is no such file, an `Error` with the reason when it cannot be used. */
export type ScriptText = string | null | Error

/**
 * Reads thousands of small scripts in a fraction of the time that asking for each apart takes, and lets others have their turn. A
 * disk that makes it wait, as one in a network may, is asked as usual from then on.
 */
export class ScriptReader {
  private spentMs = 0
  private isSlow = false

  /** As `readScriptFile`. */
  async read(path: string): Promise<ScriptText> {
    if (this.isSlow) return readScriptFile(path)
    if (this.spentMs > TURN_MS) {
      this.spentMs = 0
      await turn()
    }
    const startedAt = performance.now()
    const text = readAtOnce(path)
    const tookMs = performance.now() - startedAt
    this.spentMs += tookMs
    if (tookMs > SLOW_MS) this.isSlow = true
    return text === undefined ? readScriptFile(path) : text
  }
}

/** The text of a script, strictly UTF-8; null when there is no such file, an `Error` with the reason when it cannot be used. */
export async function readScriptFile(path: string): Promise<ScriptText> {
  let handle: Awaited<ReturnType<typeof open>>
  try {
    handle = await open(path, FLAGS)
  } catch (error) {
    return unopened(error)
  }
  try {
    const facts = await handle.stat()
    return refusalOfFile(facts) ?? decode(await handle.readFile())
  } catch (error) {
    return unread(error)
  } finally {
    await handle.close()
  }
}

/** As `readScriptFile`, while this process waits; undefined for a file that is too large for that. */
function readAtOnce(path: string): ScriptText | undefined {
  let file: number
  try {
    file = openSync(path, FLAGS)
  } catch (error) {
    return unopened(error)
  }
  try {
    const facts = fstatSync(file)
    const refused = refusalOfFile(facts)
    if (refused !== null) return refused
    return facts.size > MAX_BYTES_AT_ONCE ? undefined : decode(readFileSync(file))
  } catch (error) {
    return unread(error)
  } finally {
    closeSync(file)
  }
}

const NOT_REGULAR = 'it is not a regular file.'

function refusalOfFile(facts: { isFile(): boolean; readonly size: number }): Error | null {
  if (!facts.isFile()) return new Error(NOT_REGULAR)
  return facts.size > MAX_BYTES ? new Error(`it is larger than ${MAX_BYTES / 1024 / 1024} MB.`) : null
}

function unopened(error: unknown): null | Error {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return null
  return code === 'ELOOP' ? new Error(NOT_REGULAR) : unread(error)
}

function unread(error: unknown): Error {
  return new Error(`it cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`)
}

function decode(bytes: Buffer): string | Error {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return new Error('it is UTF-16. Save it as UTF-8.')
  }
  if (!isUtf8(bytes)) return new Error('it is not valid UTF-8. Save it as UTF-8.')
  return bytes.toString('utf8')
}
