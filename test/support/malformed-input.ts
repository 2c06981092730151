import { z } from 'zod'

/** The part of JSON Schema that the contract's inputs need. */
export interface Shape {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null'
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
  readonly oneOf?: readonly Shape[]
  readonly enum?: readonly string[]
  readonly const?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
}

type Random = () => number

/** The shape that a schema describes. */
export function shapeOf(schema: z.ZodType): Shape {
  return z.toJSONSchema(schema) as Shape // the subset above is all that zod writes for these inputs
}

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T

/** An input of the shape. */
export function validInput(shape: Shape, random: Random): unknown {
  const branches = shape.anyOf ?? shape.oneOf
  if (branches !== undefined) return validInput(pick(random, branches), random)
  switch (shape.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(shape.properties ?? {}).map(([key, inner]) => [key, validInput(inner, random)]),
      )
    case 'array':
      return [validInput(shape.items ?? {}, random)]
    case 'string':
      return shape.const ?? (shape.enum === undefined ? 'a' : pick(random, shape.enum))
    case 'integer':
    case 'number':
      return shape.minimum ?? 0
    case 'boolean':
      return random() < 0.5
    default:
      return null
  }
}

/** An input that is of the shape but for one place, which is not. */
export function malformedInput(shape: Shape, random: Random, isNullable = false): unknown {
  const branches = shape.anyOf ?? shape.oneOf
  if (branches !== undefined) {
    const filled = branches.filter((branch) => branch.type !== 'null')
    return malformedInput(pick(random, filled), random, filled.length < branches.length)
  }
  if (random() < 0.15) return pick(random, isNullable ? otherThan(shape) : [...otherThan(shape), null])
  if (shape.type === 'object') return malformedObject(shape, random)
  if (shape.type === 'array') {
    const one = validInput(shape.items ?? {}, random)
    if (random() < 0.3) return Array((shape.maxItems ?? 0) + 1).fill(one)
    return [one, malformedInput(shape.items ?? {}, random)]
  }
  return pick(random, outside(shape))
}

const STRANGE_KEYS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'extra', '', 'profileID', '0']

function malformedObject(shape: Shape, random: Random): unknown {
  const valid = validInput(shape, random) as Record<string, unknown>
  const keys = Object.keys(valid)
  const what = random()
  if (keys.length === 0 || what < 0.25) {
    // defineProperty: an assignment to __proto__ would not make a key.
    return Object.defineProperty({ ...valid }, pick(random, STRANGE_KEYS), { value: {}, enumerable: true })
  }
  const key = pick(random, keys)
  const isOptional = !(shape.required ?? []).includes(key)
  if (what < 0.45 && !isOptional) {
    delete valid[key]
    return valid
  }
  const wrong = malformedInput(shape.properties?.[key] ?? {}, random)
  // What may be left out may be undefined as well.
  return { ...valid, [key]: isOptional && wrong === undefined ? new Map() : wrong }
}

/** Values of other types. */
function otherThan({ type, required = [] }: Shape): readonly unknown[] {
  const all: readonly (readonly [string, unknown])[] = [
    ['string', '1'],
    ['number', 1],
    ['boolean', true],
    ['array', []],
    ['array', ['a']],
    ['undefined', undefined],
    ['bigint', 1n],
    // An object without keys is what some entries want.
    ...(type === 'object' && required.length === 0
      ? []
      : [['map', new Map([['profileId', 'a']])] as const, ['date', new Date(0)] as const, ['empty', {}] as const]),
  ]
  const own = type === 'integer' ? 'number' : type
  return all
    .filter(([name, value]) => name !== own && !(name === 'array' && type === 'array' && value))
    .map(([, value]) => value)
}

/** Values of the right type that the shape does not allow; of another type where it allows them all. */
function outside(shape: Shape): readonly unknown[] {
  const values: unknown[] = []
  if (shape.type === 'string') {
    if (shape.enum !== undefined || shape.const !== undefined) values.push('no such', '', 'toString', '__proto__')
    if (shape.pattern !== undefined) values.push('a\0b', 'a\nb')
    if (shape.pattern?.startsWith('^[A-Za-z0-9_-]') === true) values.push('', '../a', 'a b', 'é', 'x'.repeat(65))
    if (shape.pattern?.includes('/') === true) values.push('a/b', '../b', 'a\\b')
    if ((shape.minLength ?? 0) > 0) values.push('')
    if ((shape.maxLength ?? Number.POSITIVE_INFINITY) <= 5000) values.push('x'.repeat((shape.maxLength ?? 0) + 1))
  }
  if (shape.type === 'integer' || shape.type === 'number') {
    values.push(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
    if (shape.type === 'integer') values.push((shape.minimum ?? 0) + 0.5)
    if (shape.minimum !== undefined) values.push(shape.minimum - 1)
    if (shape.maximum !== undefined) values.push(shape.maximum + Math.max(1, shape.maximum * 1e-9))
  }
  return values.length > 0 ? values : otherThan(shape)
}
