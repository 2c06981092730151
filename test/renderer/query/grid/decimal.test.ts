import { describe, expect, it } from 'vitest'
import type { ResultColumn } from '../../../../contract/query'
import { addDecimals, averageOf, parseDecimal, readableDecimal, ZERO } from '../../../../renderer/query/grid/decimal'
import { summarise } from '../../../../renderer/query/grid/summary'

const sum = (...values: string[]) =>
  values.reduce((total, value) => addDecimals(total, parseDecimal(value) ?? ZERO), ZERO)
const column = (isNumeric: boolean): ResultColumn => ({
  name: 'c',
  typeOid: 1700,
  typeModifier: -1,
  typeName: 'numeric',
  isNumeric,
})

describe('decimals', () => {
  it.each([
    [['0.1', '0.2'], '0.3'],
    [['9223372036854775807', '9223372036854775807'], '18,446,744,073,709,551,614'],
    [['12480.00', '64.25', '219.99', '31.40'], '12,795.64'],
    [['-18.20', '0.05'], '-18.15'],
    [['1e+20', '1e-07'], '100,000,000,000,000,000,000.0000001'],
    [['-0.001'], '-0.001'],
    [['999', '1'], '1,000'],
    [[], '0'],
  ])('adds %j to %s', (values, expected) => {
    expect(readableDecimal(sum(...values))).toBe(expected)
  })

  it.each(['NaN', 'Infinity', '-Infinity', '', '$1.00', '1,000', '0x10', '1e999999', 't'])(
    'does not take %j for a number',
    (text) => {
      expect(parseDecimal(text)).toBeNull()
    },
  )

  it.each([
    ['12795.64', 4, '3,198.91', true],
    ['10', 3, '3.3333', false],
    ['-10', 3, '-3.3333', false],
    ['20', 3, '6.6667', false],
    ['-20', 3, '-6.6667', false],
    ['1.10', 2, '0.55', true],
    ['0', 5, '0', true],
  ])('divides %s by %i into %s', (text, count, expected, isExact) => {
    const average = averageOf(sum(text), count)

    expect([readableDecimal(average.value), average.isExact]).toEqual([expected, isExact])
  })
})

describe('summary', () => {
  it('adds up the numbers of the numeric columns and counts all cells', () => {
    const rows = [
      ['12480.00', null, 'f'],
      ['64.25', 'VINYL', 't'],
      ['219.99', '7', 't'],
      ['31.40', '', 't'],
    ]

    expect(summarise(rows, [column(true), column(false), column(false)])).toBe(
      '12 cells · sum 12,795.64 · avg 3,198.91',
    )
  })

  it('says what it leaves out, and leaves NULL out as SQL does', () => {
    expect(summarise([['1'], ['NaN'], [null], ['2'], ['Infinity']], [column(true)])).toBe(
      '5 cells · sum 3 · avg 1.5 · 2 left out: not a finite number',
    )
  })

  it('says when the average is rounded', () => {
    expect(summarise([['1'], ['1'], ['2']], [column(true)])).toBe('3 cells · sum 4 · avg ≈ 1.3333')
  })

  it('only counts cells when there is nothing to add', () => {
    expect(summarise([['a'], ['b']], [column(false)])).toBe('2 cells')
  })
})
