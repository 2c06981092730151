import { isUtf8 } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { hasRawBytes, piecesOfBytes, textOfBytes } from '../../contract/byte-text'
import { seededRandom } from '../support/builders'

const written = (hex: string) =>
  piecesOfBytes(Buffer.from(hex, 'hex')).map(({ text, isBytes }) => (isBytes ? `[${text}]` : text))

describe('the text of bytes', () => {
  it.each([
    ['61e962', ['a', '[\\xE9]', 'b']],
    ['c3a9e9', ['é', '[\\xE9]']],
    ['e9e8', ['[\\xE9\\xE8]']],
    ['c080', ['[\\xC0\\x80]']],
    ['eda080', ['[\\xED\\xA0\\x80]']],
    ['f4908080', ['[\\xF4\\x90\\x80\\x80]']],
    ['f09f98', ['[\\xF0\\x9F\\x98]']],
    ['efbfbd', ['\ufffd']],
    ['efbfbdff', ['\ufffd', '[\\xFF]']],
    ['5c784539', ['\\xE9']],
    ['', ['']],
  ])('of %s names every byte that is not text', (hex, expected) => {
    expect(written(hex)).toEqual(expected)
  })

  it('loses no byte, and calls exactly those bytes no text that are none', () => {
    const random = seededRandom(1)
    const parts = [
      '61',
      'c3a9',
      'e282ac',
      'f09f9880',
      'efbfbd',
      'ff',
      'c3',
      'e282',
      'f09f',
      '80',
      'ed9fbf',
      'eda080',
      '5c7845',
    ]
    for (let round = 0; round < 5_000; round += 1) {
      const hex = Array.from(
        { length: Math.floor(random() * 8) },
        () => parts[Math.floor(random() * parts.length)],
      ).join('')
      const bytes = Buffer.from(hex, 'hex')

      const pieces = piecesOfBytes(bytes)

      const back = Buffer.concat(
        pieces.map(({ text, isBytes }) =>
          isBytes ? Buffer.from(text.replaceAll('\\x', ''), 'hex') : Buffer.from(text, 'utf8'),
        ),
      )
      expect(back.toString('hex')).toBe(hex)
      expect(hasRawBytes(bytes, textOfBytes(bytes))).toBe(!isUtf8(bytes))
    }
  })
})
