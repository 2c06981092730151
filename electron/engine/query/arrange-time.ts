/** A moment in whole seconds, and the digits of the microseconds behind them; infinities have none. */
export interface Moment {
  readonly seconds: number
  readonly fraction: string
}

const DATE = /^(\d{4,7})-(\d\d)-(\d\d)( BC)?$/
const STAMP =
  /^(\d{4,7})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?( BC)?$/
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?$/

/** The moment of a date or timestamp in DateStyle ISO, the only one that cannot be misread; null for any other text. */
export function secondsOf(text: string, kind: 'date' | 'timestamp' | 'timestamptz'): Moment | null {
  if (text === 'infinity') return { seconds: Number.POSITIVE_INFINITY, fraction: '' }
  if (text === '-infinity') return { seconds: Number.NEGATIVE_INFINITY, fraction: '' }
  if (kind === 'date') {
    const match = DATE.exec(text)
    if (match === null) return null
    const [, year = '', month = '', day = '', era] = match
    return { seconds: daysOf(year, month, day, era) * 86_400, fraction: '' }
  }
  const match = STAMP.exec(text)
  if (match === null || (match[8] !== undefined) !== (kind === 'timestamptz')) return null
  const [, year = '', month = '', day = '', hour, minute, second, fraction = '', sign, zh, zm, zs, era] = match
  const time = clock(hour, minute, second)
  const east = clock(zh, zm, zs) * (sign === '-' ? -1 : 1)
  // Trailing zeros are not printed by the server; without them equal fractions are equal texts.
  return { seconds: daysOf(year, month, day, era) * 86_400 + time - east, fraction: fraction.replace(/0+$/, '') }
}

/** A time of day in microseconds of UTC, and how far west its zone lies; null for another text. */
export function timeOf(
  text: string,
  hasZone: boolean,
): { readonly microseconds: number; readonly secondsWest: number } | null {
  const match = TIME.exec(text)
  if (match === null || (match[5] !== undefined) !== hasZone) return null
  const [, hour, minute, second, fraction = '', sign, zh, zm, zs] = match
  const west = clock(zh, zm, zs) * (sign === '+' ? -1 : 1)
  const seconds = clock(hour, minute, second) + west
  return { microseconds: seconds * 1_000_000 + Number(fraction.padEnd(6, '0')), secondsWest: west }
}

function clock(hours = '0', minutes = '0', seconds = '0'): number {
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar; 1 BC is the year 0. */
function daysOf(yearText: string, monthText: string, dayText: string, era: string | undefined): number {
  const [month, day] = [Number(monthText), Number(dayText)]
  const year = (era === undefined ? Number(yearText) : 1 - Number(yearText)) - (month <= 2 ? 1 : 0)
  const century = Math.floor(year / 400)
  const yearOfCentury = year - century * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfCentury = yearOfCentury * 365 + Math.floor(yearOfCentury / 4) - Math.floor(yearOfCentury / 100) + dayOfYear
  return century * 146_097 + dayOfCentury - 719_468
}
