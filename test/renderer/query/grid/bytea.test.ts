import { describe, expect, it } from 'vitest'
import { bytesOfBytea, dataUrl, hexDump, imageType } from '../../../../renderer/query/grid/bytea'

describe('a bytea', () => {
  it.each([
    ['\\x', []],
    ['\\x00ff10', [0, 255, 16]],
    ['\\x00f', [0]], // cut in the middle of a byte
    ['a\\\\b\\000\\377', [97, 92, 98, 0, 255]],
    ['a\\00', [97]], // cut in the middle of an escape
    ['', []],
  ])('%j stands for these bytes', (text, bytes) => {
    expect([...(bytesOfBytea(text) ?? [])]).toEqual(bytes)
  })

  it.each(['\\xzz', 'a\\888', 'é', 'a\nb'])('%j is none', (text) => {
    expect(bytesOfBytea(text)).toBeNull()
  })

  it('is dumped sixteen bytes on a line, with offsets and ASCII', () => {
    const bytes = Uint8Array.from({ length: 18 }, (_, index) => index + 60)

    expect(hexDump(bytes)).toBe(
      '00000000  3c 3d 3e 3f 40 41 42 43  44 45 46 47 48 49 4a 4b  <=>?@ABCDEFGHIJK\n' +
        `00000010  4c 4d ${' '.repeat(42)}  LM`,
    )
  })

  it.each([
    ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
    ['image/jpeg', [0xff, 0xd8, 0xff, 0xe0]],
    ['image/gif', [0x47, 0x49, 0x46, 0x38, 0x39]],
    ['image/webp', [0x52, 0x49, 0x46, 0x46, 0, 0, 0, 0, 0x57, 0x45, 0x42, 0x50]],
    [null, [...'<svg xmlns='].map((character) => character.charCodeAt(0))],
    [null, []],
  ])('is known as %s by its first bytes', (type, bytes) => {
    expect(imageType(Uint8Array.from(bytes))).toBe(type)
  })

  it('becomes an address of data, however long it is', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256)

    expect(dataUrl('image/png', bytes)).toBe(
      `data:image/png;base64,${btoa(String.fromCharCode(...bytes.slice(0, 60_000)) + String.fromCharCode(...bytes.slice(60_000)))}`,
    )
  })
})
