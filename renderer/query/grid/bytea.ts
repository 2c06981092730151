/** The bytes that the text of a `bytea` stands for, whichever way the server printed it; a text that was cut gives the bytes before the cut. Null when it is no bytea. */
export function bytesOfBytea(text: string): Uint8Array | null {
  return text.startsWith('\\x') ? fromHex(text) : fromEscapes(text)
}

function fromHex(text: string): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((text.length - 2) / 2))
  for (let index = 0; index < bytes.length; index += 1) {
    const high = digit(text.charCodeAt(2 + 2 * index))
    const low = digit(text.charCodeAt(3 + 2 * index))
    if (high < 0 || low < 0) return null
    bytes[index] = 16 * high + low
  }
  return bytes
}

function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  return code >= 97 && code <= 102 ? code - 87 : -1
}

// `bytea_output = escape`: a backslash is two, and \ooo is a byte in octal.
function fromEscapes(text: string): Uint8Array | null {
  const bytes = new Uint8Array(text.length)
  let size = 0
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code > 126 || code < 32) return null
    if (code !== 92) {
      bytes[size++] = code
      at += 1
    } else if (text.charAt(at + 1) === '\\') {
      bytes[size++] = 92
      at += 2
    } else {
      const octal = text.slice(at + 1, at + 4)
      if (octal.length < 3) break
      if (!/^[0-3][0-7]{2}$/.test(octal)) return null
      bytes[size++] = Number.parseInt(octal, 8)
      at += 4
    }
  }
  return bytes.slice(0, size)
}

/** Bytes of a line of a hex dump. */
const LINE_BYTES = 16

/** Bytes as offset, hexadecimal digits and ASCII, sixteen on a line. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let from = 0; from < bytes.length; from += LINE_BYTES) {
    const line = bytes.subarray(from, from + LINE_BYTES)
    let digits = ''
    let characters = ''
    for (let index = 0; index < LINE_BYTES; index += 1) {
      const byte = line[index]
      digits += `${byte === undefined ? '  ' : byte.toString(16).padStart(2, '0')}${index === 7 ? '  ' : ' '}`
      if (byte !== undefined) characters += byte >= 32 && byte <= 126 ? String.fromCharCode(byte) : '·'
    }
    lines.push(`${from.toString(16).padStart(8, '0')}  ${digits} ${characters}`)
  }
  return lines.join('\n')
}

const KINDS: readonly { readonly type: string; readonly at: number; readonly bytes: readonly number[] }[] = [
  { type: 'image/png', at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: 'image/jpeg', at: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: 'image/gif', at: 0, bytes: [0x47, 0x49, 0x46, 0x38] },
  { type: 'image/webp', at: 8, bytes: [0x57, 0x45, 0x42, 0x50] },
]

/** The media type of an image that can be shown, by its first bytes; null for anything else. Never SVG, which is a document. */
export function imageType(bytes: Uint8Array): string | null {
  return KINDS.find(({ at, bytes: wanted }) => wanted.every((byte, index) => bytes[at + index] === byte))?.type ?? null
}

/** The bytes as a `data:` address, which the page may show as an image. */
export function dataUrl(type: string, bytes: Uint8Array): string {
  let text = ''
  for (let from = 0; from < bytes.length; from += 0x8000)
    text += String.fromCharCode(...bytes.subarray(from, from + 0x8000))
  return `data:${type};base64,${btoa(text)}`
}
