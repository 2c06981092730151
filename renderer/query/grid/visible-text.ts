import type { BytePiece } from '../../../contract/byte-text'

/** A piece of a cell's text: as it is, a character without a shape that a mark stands for, or bytes that are not text. */
export interface TextPiece {
  /** Exactly what the value holds there; bytes are written as `\xE9`. */
  readonly text: string
  readonly kind: 'text' | 'mark' | 'bytes'
  /** What is drawn in its place. */
  readonly drawn: string
}

// Control and format characters, separators, spaces that are not the space, and fillers: they would hide or rearrange the text around
// them, or look like something else. What emoji and scripts are made with stays where it does its work: a joiner behind a letter
// without case or an emoji, a variation selector behind what it varies, the tags of a flag.
const SHAPELESS = new RegExp(
  [
    /[\p{Cc}\p{Zl}\p{Zp}]/u,
    /(?!\u200c|\u200d|[\u0600-\u0605\u06dd\u08e2\u{110bd}\u{110cd}\u{e0000}-\u{e007f}])\p{Cf}/u,
    /(?![ \u3000])\p{Zs}/u,
    /[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]/u,
    /(?<![\p{Lo}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])(?:\u200c|\u200d)/u,
    /(?<=^|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}])[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u,
    /(?<!\u{1f3f4}[\u{e0020}-\u{e007e}]{0,8})[\u{e0000}-\u{e007f}]/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
)
const HAS_SHAPELESS = new RegExp(SHAPELESS.source, 'u')

/** The text in pieces to draw on one line: characters without a shape as marks. One piece when there are none. */
export function visiblePieces(text: string): readonly TextPiece[] {
  if (!HAS_SHAPELESS.test(text)) return [asItIs(text)]
  const pieces: TextPiece[] = []
  let from = 0
  for (const match of text.matchAll(SHAPELESS)) {
    if (match.index > from) pieces.push(asItIs(text.slice(from, match.index)))
    pieces.push({ text: match[0], kind: 'mark', drawn: markOf(match[0]) })
    from = match.index + match[0].length
  }
  if (from < text.length) pieces.push(asItIs(text.slice(from)))
  return pieces
}

/** A value in pieces to draw, its first `most` UTF-16 units at most. */
export function drawnPieces(value: readonly BytePiece[], most: number): readonly TextPiece[] {
  const pieces: TextPiece[] = []
  let room = most
  for (const { text, isBytes } of value) {
    const head = headOf(text, room)
    room -= head.length
    if (isBytes) pieces.push({ text: head, kind: 'bytes', drawn: head })
    else pieces.push(...visiblePieces(head))
    if (head.length < text.length) break
  }
  return pieces
}

function asItIs(text: string): TextPiece {
  return { text, kind: 'text', drawn: text }
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
  if (character === '\u00a0') return '⍽'
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '␡'
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}
