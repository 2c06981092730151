/** Present under Node and in a browser alike; `contract/` is compiled without the types of either. */
declare const TextDecoder: new (
  label: string,
  options: { readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string }

// `ignoreBOM` keeps U+FEFF at the start of a value: it is the server's, so it is shown and copied.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A piece of a value: text as it is, or bytes that are not text in UTF-8, written as `\xE9` each. */
export interface BytePiece {
  readonly text: string
  readonly isBytes: boolean
}

/**
 * The text of a value that the server sent in UTF-8. A database in SQL_ASCII sends whatever bytes it holds: those that are not text are
 * written as `\xE9` each, so that none is changed unseen.
 */
export function textOfBytes(bytes: Uint8Array): string {
  const text = decoder.decode(bytes)
  if (!text.includes('\ufffd')) return text
  return piecesOfBytes(bytes)
    .map((piece) => piece.text)
    .join('')
}

/** The same in pieces, which tell bytes from a text that reads like them; usually one piece. */
export function piecesOfBytes(bytes: Uint8Array): readonly BytePiece[] {
  const whole = decoder.decode(bytes)
  // The decoder writes U+FFFD for what it cannot read, but a value may also hold that character.
  if (!whole.includes('\ufffd')) return [{ text: whole, isBytes: false }]
  const pieces: BytePiece[] = []
  let from = 0
  const endText = (to: number) => {
    if (to > from) pieces.push({ text: decoder.decode(bytes.subarray(from, to)), isBytes: false })
  }
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at)
    if (length > 0) {
      at += length
      continue
    }
    endText(at)
    let text = ''
    for (; at < bytes.length && characterLength(bytes, at) === 0; at += 1) text += escapeOf(bytes[at] ?? 0)
    pieces.push({ text, isBytes: true })
    from = at
  }
  endText(bytes.length)
  return pieces
}

/** Whether some of the bytes are not text in UTF-8; `text` is what they were read as. */
export function hasRawBytes(bytes: Uint8Array, text: string): boolean {
  return text.includes('\\x') && piecesOfBytes(bytes).some(({ isBytes }) => isBytes)
}

function escapeOf(byte: number): string {
  return `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

/** Bytes of the UTF-8 character at `at`; 0 when there is none (RFC 3629: no surrogates, nothing longer than it must be). */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  const second = bytes[at + 1] ?? 0
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return 0
  for (let next = 2; next < length; next += 1) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0
  return length
}
