import { describe, expect, it } from 'vitest'
import { linesOf, parseJsonTree } from '../../../../renderer/query/grid/json-tree'

/** Every line of a text's tree, as "depth key: value". */
function lines(text: string, isFolded: (id: number, depth: number) => boolean = () => false): string[] | null {
  const tree = parseJsonTree(text)
  if (tree === null) return null
  return linesOf(tree, isFolded).map((line) => {
    const value = line.kind === 'object' || line.kind === 'array' ? `${line.kind} of ${line.size}` : line.text
    return `${line.depth} ${line.key === null ? '' : `${line.key}: `}${value}`
  })
}

describe('the tree of a JSON text', () => {
  it('keeps digits, order and duplicate keys as they are printed', () => {
    const text = '{"b": 12345678901234567890.1200, "a": [1e400, -0, {}], "b": "\\u00e9\\"", "": null}'

    expect(lines(text)).toEqual([
      '0 object of 4',
      '1 "b": 12345678901234567890.1200',
      '1 "a": array of 3',
      '2 0: 1e400',
      '2 1: -0',
      '2 2: object of 0',
      '1 "b": "\\u00e9\\""',
      '1 "": null',
    ])
  })

  it.each(['true', ' "x" ', '-1.5e-7', '[]'])('is one line for %s', (text) => {
    expect(lines(text)?.length).toBe(1)
  })

  it.each(['', '{', '[1,]', '{"a" 1}', '{a: 1}', '01', 'nul', '1 2', '"open', '[1}', 'truex', "{'a': 1}"])(
    'is none for %j',
    (text) => {
      expect(lines(text)).toBeNull()
    },
  )

  it('hides what is in a folded value', () => {
    expect(lines('{"a": {"b": 1}, "c": 2}', (_, depth) => depth === 1)).toEqual([
      '0 object of 2',
      '1 "a": object of 1',
      '1 "c": 2',
    ])
  })

  it('is none when it is nested too deeply to be read', () => {
    expect(lines(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toBeNull()
  })
})
