/** True when every value of the one type reads the same in the other: nothing can be lost by converting. Types as `format_type` names them. */
export function holdsAll(fromType: string, toType: string): boolean {
  const from = typeOf(fromType)
  const to = typeOf(toType)
  if (from === null || to === null || from.isArray !== to.isArray) return false
  // The text of a value is all there is of it; a fixed length pads.
  if ((to.name === 'text' || to.name === 'character varying') && to.limits.length === 0) return true
  const [length = 0] = from.limits
  const [room = Number.POSITIVE_INFINITY] = to.limits
  if (from.name === to.name) {
    if (to.limits.length === 0) return from.name !== 'character' || from.limits.length === 0
    if (from.name === 'numeric') return from.limits.length > 0 && fits(digitsOf(from.limits), digitsOf(to.limits))
    return from.limits.length > 0 && length <= room
  }
  if (WIDER[from.name]?.includes(to.name) !== true) return false
  const digits = DIGITS[from.name]
  if (to.name !== 'numeric' || to.limits.length === 0) return to.limits.length === 0
  return digits !== undefined && fits([digits, 0], digitsOf(to.limits))
}

interface TypeName {
  readonly name: string
  readonly limits: readonly number[]
  readonly isArray: boolean
}

function typeOf(type: string): TypeName | null {
  const found = /^(.*?)(?:\(([\d,]+)\))?( with(?:out)? time zone)?(\[\])?$/.exec(type)
  if (found === null) return null
  const limits = found[2]?.split(',').map(Number) ?? []
  return { name: `${found[1]}${found[3] ?? ''}`, limits, isArray: found[4] !== undefined }
}

const WIDER: Readonly<Record<string, readonly string[]>> = {
  smallint: ['integer', 'bigint', 'numeric', 'double precision', 'real'],
  integer: ['bigint', 'numeric', 'double precision'],
  bigint: ['numeric'],
  real: ['double precision'],
  date: ['timestamp without time zone'],
}
const DIGITS: Readonly<Record<string, number>> = { smallint: 5, integer: 10, bigint: 19 }

type Digits = readonly [before: number, after: number]

function digitsOf([precision = 0, scale = 0]: readonly number[]): Digits {
  return [precision - scale, scale]
}

function fits(from: Digits, to: Digits): boolean {
  return from[0] <= to[0] && from[1] <= to[1]
}
