import { describe, expect, it } from 'vitest'
import { indentJson } from '../../../../renderer/query/grid/json-indent'

describe('indent JSON', () => {
  it('puts every member on its own line', () => {
    expect(indentJson('{"a": [1, 2], "b": {"c": null}}')).toBe(
      '{\n  "a": [\n    1,\n    2\n  ],\n  "b": {\n    "c": null\n  }\n}',
    )
  })

  it('keeps digits, order, duplicates and escapes as they are', () => {
    const text = '{"b":12345678901234567890.10,"a":1.0,"a":1E5,"s":"\\u00e9 \\"x\\" {,}:"}'

    expect(indentJson(text)?.replace(/\n\s*/g, '').replaceAll('": ', '":')).toBe(text)
  })

  it.each(['{}', '[]', '1', '"a b"', 'null', '[[], {}]'])('leaves %s whole', (text) => {
    expect(indentJson(text)?.replace(/\n\s*/g, '')).toBe(text.replace(', ', ','))
  })

  it.each([
    '',
    '{',
    '[1,]',
    '[,1]',
    '{"a"}',
    '{"a":}',
    '{a:1}',
    '{"a":1,}',
    '[1 2]',
    '1 2',
    ']',
    '[}',
    '"open',
    '01',
    'nul',
    '{1:2}',
    '[1]]',
    ':',
    '"a":1',
  ])('refuses %j', (text) => {
    expect(indentJson(text)).toBeNull()
  })

  it.each(['{"a":[1,{"b":[]},"x"],"c":{}}', '[[[[1]]]]', '"\\\\"', '[-0.5e-7,true,false]'])(
    'agrees with the parser of the language: %s',
    (text) => {
      expect(indentJson(text)).not.toBeNull()
      expect(JSON.parse(indentJson(text) ?? '')).toEqual(JSON.parse(text))
    },
  )

  it('takes a string of megabytes', () => {
    const text = `["${'x'.repeat(4_000_000)}"]`

    expect(indentJson(text)?.length).toBe(text.length + 4)
  })
})
