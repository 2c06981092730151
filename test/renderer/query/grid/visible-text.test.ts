import { describe, expect, it } from 'vitest'
import { blocksOf } from '../../../../renderer/query/grid/long-text'
import {
  drawnPieces,
  headOf,
  readableBytes,
  visiblePieces,
  widthInCharacters,
} from '../../../../renderer/query/grid/visible-text'

const drawn = (text: string) =>
  visiblePieces(text)
    .map((piece) => (piece.kind === 'mark' ? `[${piece.drawn}]` : piece.text))
    .join('')

describe('visible text', () => {
  it('marks what has no shape', () => {
    expect(drawn('a\nb\tc\rd\u0001e\u007ff')).toBe('a[↵]b[⇥]c[␍]d[␁]e[␡]f')
  })

  it('marks what would turn the text around', () => {
    expect(drawn('abc\u202egnp.exe\u2066x')).toBe('abc[U+202E]gnp.exe[U+2066]x')
  })

  it.each([
    ['a no-break space', 'a\u00a0b', 'a[⍽]b'],
    ['other spaces', 'a\u2009b\u202fc', 'a[U+2009]b[U+202F]c'],
    ['zero widths between letters', 'pay\u200bpal\u200d\u200c\u2060', 'pay[U+200B]pal[U+200D][U+200C][U+2060]'],
    ['a soft hyphen', 'a\u00adb', 'a[U+00AD]b'],
    ['a byte order mark', '\ufeffa', '[U+FEFF]a'],
    ['a second variation selector', '☃\ufe0f\ufe01', '☃\ufe0f[U+FE01]'],
    ['tags that are no flag', 'a\u{e0041}', 'a[U+E0041]'],
    ['fillers', 'a\u3164\u2800', 'a[U+3164][U+2800]'],
    ['line separators', 'a\u2028b\u2029c\u0085', 'a[U+2028]b[U+2029]c[U+0085]'],
  ])('marks %s', (_name, text, expected) => {
    expect(drawn(text)).toBe(expected)
  })

  it.each([
    '👩‍👩‍👧 日本語\u3000 مرحبا  café',
    '👁\ufe0f\u200d🗨\ufe0f 🏳\ufe0f\u200d🌈 👍🏽',
    '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
    'می\u200cخواهم क्\u200dष',
    'e\u0301 \ufffd',
  ])('leaves joined emoji, other scripts and plain spaces as they are: %s', (text) => {
    expect(visiblePieces(text)).toEqual([{ text, kind: 'text', drawn: text }])
  })

  it('keeps every character of the text in its pieces', () => {
    const text = Array.from({ length: 0x3100 }, (_, code) => String.fromCodePoint(code)).join('')

    expect(
      visiblePieces(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text)
  })

  it('tells bytes from a text that reads like them, and cuts both', () => {
    const value = [
      { text: 'a\\xE9\n', isBytes: false },
      { text: '\\xE9', isBytes: true },
      { text: 'rest', isBytes: false },
    ]

    expect(drawnPieces(value, 11).map(({ text, kind }) => `${kind} ${text}`)).toEqual([
      'text a\\xE9',
      'mark \n',
      'bytes \\xE9',
      'text r',
    ])
  })

  it('never cuts a character in two', () => {
    expect([headOf('ab😀c', 3), headOf('ab😀c', 4), headOf('ab', 9)]).toEqual(['ab', 'ab😀', 'ab'])
  })

  it('measures in characters of the monospace font', () => {
    expect(['abc', '日本', 'e\u0301', '😀'].map(widthInCharacters)).toEqual([3, 4, 1, 2])
  })

  it.each([
    [45, '45 B'],
    [999, '999 B'],
    [1200, '1.2 kB'],
    [99_949, '99.9 kB'],
    [99_960, '100 kB'],
    [999_960, '1.0 MB'],
    [4 * 1024 * 1024, '4.2 MB'],
  ])('writes %i bytes as %s', (bytes, expected) => {
    expect(readableBytes(bytes)).toBe(expected)
  })
})

describe('blocks of a long text', () => {
  it('keeps short lines together, a hundred at a time', () => {
    const text = Array.from({ length: 250 }, (_, index) => `line ${index}`).join('\n')

    const blocks = blocksOf(text, 3200)

    expect(blocks.length).toBe(3)
    expect(blocks.join('\n')).toBe(text)
  })

  it('cuts a very long line into pieces and loses nothing, nor half a character', () => {
    const line = `a${'😀'.repeat(5000)}`

    const blocks = blocksOf(`first\n${line}\nlast`, 3200)

    expect(blocks.map((block) => (typeof block === 'string' ? block : block.join('')))).toEqual(['first', line, 'last'])
    expect(blocks.flat().every((piece) => !/\p{Cs}/u.test(piece))).toBe(true)
  })

  it('leaves every line whole when nothing is wrapped', () => {
    const line = 'x'.repeat(10_000)

    expect(blocksOf(line, Number.POSITIVE_INFINITY)).toEqual([line])
  })
})
