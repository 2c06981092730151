import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { MAX_IMPORT_BYTES } from '../../../../contract/import'
import { FailureError, refusal } from '../../failure-error'

// O_NOFOLLOW: a link may lead to another file than the one that was chosen; O_NONBLOCK: opening a pipe would wait for its writer.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

const REASONS: Readonly<Record<string, string>> = {
  ELOOP: 'It is a symbolic link. Choose the file that it leads to.',
  EMLINK: 'It is a symbolic link. Choose the file that it leads to.',
  ENOENT: 'It is not there any more.',
  EACCES: 'Reading it is not allowed.',
  EPERM: 'Reading it is not allowed.',
  ENXIO: 'It is a pipe, a device or a socket, not a file.',
}

/** The bytes of a file of at most 1 MB; refused for links, pipes, devices, folders and larger files. Nothing else is read. */
export async function readSmallFile(path: string): Promise<Uint8Array> {
  let handle: Awaited<ReturnType<typeof open>>
  try {
    handle = await open(path, FLAGS)
  } catch (error) {
    throw unreadable(error)
  }
  try {
    const facts = await handle.stat()
    if (facts.isDirectory()) throw refusal('file', 'It is a folder, not a file.')
    if (!facts.isFile()) throw refusal('file', 'It is a pipe, a device or a socket, not a file.')
    if (facts.size > MAX_IMPORT_BYTES) throw tooLarge()
    const bytes = new Uint8Array(MAX_IMPORT_BYTES + 1)
    let length = 0
    // A file can grow between the look at its size and the reading.
    for (;;) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, null)
      length += bytesRead
      if (length > MAX_IMPORT_BYTES) throw tooLarge()
      if (bytesRead === 0) return bytes.subarray(0, length)
    }
  } catch (error) {
    if (error instanceof FailureError) throw error
    throw unreadable(error)
  } finally {
    await handle.close()
  }
}

/** The text of bytes that are strictly UTF-8, without a byte order mark; refused for anything else, with the place. */
export function textOf(bytes: Uint8Array): string {
  if (bytes.length > MAX_IMPORT_BYTES) throw tooLarge()
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw refusal('file', 'It is UTF-16. Save it as UTF-8 and choose it again.')
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refusal('file', 'It is not UTF-8 text. Save it as UTF-8 and choose it again.')
  }
  return checkedText(text)
}

/** The text with line ends of one kind; refused when it holds a NUL, which no text of connections has. */
export function checkedText(text: string): string {
  const nul = text.indexOf('\0')
  if (nul >= 0) {
    const line = text.slice(0, nul).split('\n').length
    throw refusal('file', `It is not a text: line ${line} holds a NUL character.`)
  }
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
}

function tooLarge() {
  return refusal('file', 'It is larger than 1 MB. Files with connections are small: choose another one.')
}

function unreadable(error: unknown) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return refusal('file', REASONS[code] ?? `It cannot be read (${code === '' ? 'unknown error' : code}).`)
}
