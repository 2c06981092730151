/** A decimal number of any size: `digits` times ten to the power of minus `scale`. */
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

/** The number zero. */
export const ZERO: Decimal = { digits: 0n, scale: 0 }

// No double and hardly a numeric that a person sums is longer; past that a text could ask for gigabytes of zeros.
const MOST_DIGITS = 2000

/** The number that PostgreSQL printed, exactly; null for NaN, the infinities and anything that is no plain number. */
export function parseDecimal(text: string): Decimal | null {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (match === null || text.length > MOST_DIGITS) return null
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const power = Number(exponent)
  if (Math.abs(power) > MOST_DIGITS) return null
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n)
  const scale = fraction.length - power
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}

/** The exact sum. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { digits: digitsAt(a, scale) + digitsAt(b, scale), scale }
}

/** The sum divided by a count, to four places more than it has, half away from zero; `isExact` says whether nothing was rounded. */
export function averageOf(sum: Decimal, count: number): { readonly value: Decimal; readonly isExact: boolean } {
  const scale = sum.scale + 4
  const dividend = digitsAt(sum, scale)
  const divisor = BigInt(count)
  const quotient = dividend / divisor
  const rest = dividend % divisor
  const isNegative = dividend < 0n
  const isUp = 2n * (rest < 0n ? -rest : rest) >= divisor
  const rounded = isUp && rest !== 0n ? quotient + (isNegative ? -1n : 1n) : quotient
  return { value: withoutZeros({ digits: rounded, scale }, sum.scale), isExact: rest === 0n }
}

/** A number as a person reads it, with commas between thousands: `12,795.64`. */
export function readableDecimal(value: Decimal): string {
  const isNegative = value.digits < 0n
  const digits = String(isNegative ? -value.digits : value.digits).padStart(value.scale + 1, '0')
  const whole = digits.slice(0, digits.length - value.scale).replace(/\B(?=(\d{3})+$)/g, ',')
  const fraction = value.scale === 0 ? '' : `.${digits.slice(digits.length - value.scale)}`
  return `${isNegative ? '-' : ''}${whole}${fraction}`
}

function digitsAt(value: Decimal, scale: number): bigint {
  return value.digits * 10n ** BigInt(scale - value.scale)
}

function withoutZeros(value: Decimal, leastScale: number): Decimal {
  let { digits, scale } = value
  while (scale > leastScale && digits % 10n === 0n) {
    digits /= 10n
    scale -= 1
  }
  return { digits, scale }
}
