import { describe, expect, it } from 'vitest'
import { blocksOf } from '../../../../renderer/query/grid/long-text'
import { headOf, readableBytes, visiblePieces, widthInCharacters } from '../../../../renderer/query/grid/visible-text'

const drawn = (text: string) =>
  visiblePieces(text)
    .map((piece) => (piece.isMark ? `[${piece.text}]` : piece.text))
    .join('')

describe('visible text', () => {
  it('marks what has no shape', () => {
    expect(drawn('a\nb\tc\rd\u0001e\u007ff')).toBe('a[↵]b[⇥]c[␍]d[␁]e[␡]f')
  })

  it('marks what would turn the text around', () => {
    expect(drawn('abc\u202egnp.exe\u2066x')).toBe('abc[U+202E]gnp.exe[U+2066]x')
  })

  it('leaves joined emoji, other scripts and spaces as they are', () => {
    const text = '👩‍👩‍👧 日本語 مرحبا  café'

    expect(visiblePieces(text)).toEqual([{ text, isMark: false }])
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
