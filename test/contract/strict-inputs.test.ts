import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { engineContract, shellContract } from '../../contract/contract'
import { engineToShell, shellMessage, windowMessage } from '../../contract/wire'
import { seededRandom } from '../support/builders'
import { malformedInput, shapeOf, validInput } from '../support/malformed-input'

/** A part of a JSON Schema. */
type Part = Readonly<Record<string, unknown>>

const entriesOf = (contract: typeof engineContract | typeof shellContract) =>
  Object.entries(contract).flatMap(([name, entry]): [string, z.ZodType][] =>
    entry.shape === 'event' ? [] : [[name, entry.input]],
  )

const LINES: readonly [string, z.ZodType][] = [
  ['shell to engine', shellMessage],
  ['engine to shell', engineToShell],
]
const ALL: readonly [string, z.ZodType][] = [
  ...entriesOf(engineContract),
  ...entriesOf(shellContract),
  ...LINES,
  ['window to engine', windowMessage],
]

/** A pattern that has an end: `^[a-z]{1,64}$`, or parts of fixed length. */
const hasEnd = (pattern: unknown) =>
  typeof pattern === 'string' &&
  pattern.startsWith('^') &&
  pattern.endsWith('$') &&
  !/[*+]|\{\d+,\}/.test(pattern.replace(/\[[^\]]*\]/g, ''))

/** Where a schema takes keys that it does not name, or texts and lists of any length. */
function looseParts(part: Part, path: string): string[] {
  const { properties, items, anyOf, oneOf } = part
  const types = [part.type].flat() // with null it may be a list
  const isOf = (type: string) => types.includes(type)
  const branches = ([anyOf, oneOf].flat().filter(Boolean) as Part[]).flatMap((one) => looseParts(one, path))
  const inside = [
    ...Object.entries((properties ?? {}) as Record<string, Part>).flatMap(([key, one]) =>
      looseParts(one, `${path}.${key}`),
    ),
    ...(items === undefined ? [] : looseParts(items as Part, `${path}[]`)),
    ...branches,
  ]
  if (isOf('object') && part.additionalProperties !== false) return [`${path}: other keys`, ...inside]
  if (isOf('array') && part.maxItems === undefined) return [`${path}: a list of any length`, ...inside]
  const isEndless =
    isOf('string') && part.maxLength === undefined && part.enum === undefined && part.const === undefined
  return isEndless && !hasEnd(part.pattern) ? [`${path}: a text of any length`, ...inside] : inside
}

describe('what may be sent', () => {
  it.each(ALL)('as %s names every key, and has an end', (name, schema) => {
    expect(looseParts(z.toJSONSchema(schema) as Part, name)).toEqual([])
  })

  it('has a test that can fail', () => {
    const loose = z.object({
      a: z.string().nullable(),
      b: z.array(z.string().regex(/^[a-z]+$/)),
      c: z.string().regex(/^[*+]{1,64}$/),
    })

    expect(looseParts(z.toJSONSchema(loose) as Part, 'x')).toEqual([
      'x.a: a text of any length',
      'x.b: a list of any length',
      'x.b[]: a text of any length',
    ])
  })
})

describe('the line between the shell and the engine', () => {
  it.each(LINES)('from %s takes what it names, and 500 malformed messages are none', (_, schema) => {
    const random = seededRandom(6)
    const shape = shapeOf(schema)
    const valid = Array.from({ length: 50 }, () => validInput(shape, random))
    const malformed = Array.from({ length: 500 }, () => malformedInput(shape, random))

    const taken = malformed.filter((message) => schema.safeParse(message).success)

    expect([valid.filter((message) => schema.safeParse(message).success).length > 0, taken]).toEqual([true, []])
  })
})
