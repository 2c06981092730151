/** A piece of a cell's text: as it is, or a mark that stands for a character without a shape. */
export interface TextPiece {
  readonly text: string
  readonly isMark: boolean
}

// Control characters, line and paragraph separators, and those that turn the direction of what follows: they would hide
// or rearrange the text around them. Joiners stay, because emoji and many scripts are made with them.
const SHAPELESS = /[\p{Cc}\u2028\u2029\u200b\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/gu
const HAS_SHAPELESS = new RegExp(SHAPELESS.source, 'u')

/** The text in pieces to draw on one line: characters without a shape as marks. One piece when there are none. */
export function visiblePieces(text: string): readonly TextPiece[] {
  if (!HAS_SHAPELESS.test(text)) return [{ text, isMark: false }]
  const pieces: TextPiece[] = []
  let from = 0
  for (const match of text.matchAll(SHAPELESS)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), isMark: false })
    pieces.push({ text: markOf(match[0]), isMark: true })
    from = match.index + match[0].length
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isMark: false })
  return pieces
}

/** The first `length` UTF-16 units, never half a character; the whole text when it is no longer. */
export function headOf(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length)
}

/** Width of a text in characters of the monospace font: East Asian and emoji take two, combining marks none. */
export function widthInCharacters(text: string): number {
  if (!/[^\x20-\x7e]/.test(text)) return text.length
  let width = 0
  for (const character of text) {
    if (/\p{Mn}|\p{Me}|\u200d/u.test(character)) continue
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1
  }
  return width
}

/** A size in bytes as a person reads it: `312 B`, `1.2 kB`, `4.0 MB`. */
export function readableBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value.toFixed(value < 99.95 ? 1 : 0)} ${units[unit] ?? 'GB'}`
}

/** A whole number with commas between thousands. */
export function readableCount(count: number): string {
  return count.toLocaleString('en-US')
}

function markOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (character === '\n') return '↵'
  if (character === '\t') return '⇥'
  if (character === '\r') return '␍'
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '␡'
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}
