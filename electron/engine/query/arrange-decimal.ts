// Classes in PostgreSQL's order: NaN is above everything.
const CLASSES: Readonly<Record<string, number>> = { '-Infinity': 1, Infinity: 5, NaN: 6 }
const NEGATIVE = 2
const ZERO = 3
const POSITIVE = 4
const EXPONENT_BIAS = 2 ** 31

/**
 * Bytes that order as the numbers do, whatever their size: class, exponent, digits. Equal numbers have equal bytes, however many zeros
 * they are written with. Null when the text is no number.
 */
export function encodeDecimal(text: string): Uint8Array | null {
  const special = CLASSES[text]
  if (special !== undefined) return Uint8Array.of(special)
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (match === null) return null
  const [, sign = '', integer = '', fraction = '', exponent = '0'] = match
  return encode(sign === '-', integer + fraction, integer.length + Number(exponent))
}

/** The same for `money`: all values of a column have as many digits behind the point, so the digits decide. */
export function encodeMoney(text: string): Uint8Array {
  const digits = text.replace(/\D/g, '')
  return encode(/[-(]/.test(text), digits, digits.length)
}

function encode(isNegative: boolean, digits: string, pointAt: number): Uint8Array {
  let from = 0
  while (from < digits.length && digits.charCodeAt(from) === 48) from += 1
  let to = digits.length
  while (to > from && digits.charCodeAt(to - 1) === 48) to -= 1
  if (from === to) return Uint8Array.of(ZERO)
  const bytes = new Uint8Array(6 + to - from)
  bytes[0] = POSITIVE
  new DataView(bytes.buffer).setUint32(1, pointAt - from + EXPONENT_BIAS)
  for (let at = from; at < to; at += 1) bytes[5 + at - from] = digits.charCodeAt(at)
  if (!isNegative) return bytes
  // Turned around, the end included: of two negative numbers the one with more digits is the smaller.
  for (let at = 1; at < bytes.length; at += 1) bytes[at] = 255 - (bytes[at] ?? 0)
  bytes[0] = NEGATIVE
  return bytes
}
