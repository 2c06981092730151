import { describe, expect, it } from 'vitest'
import type { ResultColumn } from '../../../../contract/query'
import { quoteName, quoteValue } from '../../../../contract/row-text'
import { copyText } from '../../../../renderer/query/grid/copy-text'

const column = (name: string, typeOid = 25, isNumeric = false): ResultColumn => ({
  name,
  typeOid,
  typeModifier: -1,
  typeName: 'text',
  isNumeric,
})
const text = (...rows: (string | null)[][]) => ({ columns: (rows[0] ?? []).map((_, i) => column(`c${i}`)), rows })

describe('copy as text', () => {
  it.each(['a\tb\n"c"', '', ' x ', '\ufeffa'])('copies one cell exactly: %j', (value) => {
    expect(copyText(text([value]), 'text')).toBe(value)
  })

  it('puts tabs between columns and quotes what holds one', () => {
    const rows = text(['a', null, '', 'd'], ['x\ty', 'l1\nl2', '"q"', 'in"side'])

    expect(copyText(rows, 'text')).toBe('a\t\t\td\n"x\ty"\t"l1\nl2"\t"""q"""\tin"side')
  })

  it('writes the names first when asked', () => {
    expect(copyText(text(['a', 'b']), 'text with names')).toBe('c0\tc1\na\tb')
  })
})

describe('copy as CSV', () => {
  it('tells NULL from the empty string and quotes as COPY does', () => {
    const rows = text(['plain', null, '', 'a,b'], ['say "hi"', 'l1\nl2', ' space ', '\\.'])

    expect(copyText(rows, 'csv')).toBe('c0,c1,c2,c3\nplain,,"","a,b"\n"say ""hi""","l1\nl2", space ,"\\."\n')
  })
})

describe('copy as JSON', () => {
  it('keeps every digit, real booleans and JSON as it is', () => {
    const columns = [
      column('id', 20, true),
      column('amount', 1700, true),
      column('rate', 701, true),
      column('paid', 16),
      column('details', 3802),
      column('note'),
    ]
    const rows = [
      ['9223372036854775807', '0.10', '1e+20', 't', '{"a": 1.10}', 'line\n"q"'],
      [null, 'NaN', 'Infinity', 'f', null, ''],
    ]

    expect(copyText({ columns, rows }, 'json')).toBe(
      [
        '[',
        '  {"id": 9223372036854775807, "amount": 0.10, "rate": 1e+20, "paid": true, "details": {"a": 1.10}, "note": "line\\n\\"q\\""},',
        '  {"id": null, "amount": "NaN", "rate": "Infinity", "paid": false, "details": null, "note": ""}',
        ']',
      ].join('\n'),
    )
  })

  it('keeps columns that are named alike', () => {
    const columns = ['id', 'id', 'id_2', 'id'].map((name) => column(name))

    expect(copyText({ columns, rows: [['a', 'b', 'c', 'd']] }, 'json')).toBe(
      '[\n  {"id": "a", "id_3": "b", "id_2": "c", "id_4": "d"}\n]',
    )
  })
})

describe('copy as Markdown', () => {
  it('escapes what would be read as markup', () => {
    const rows = {
      columns: [column('a|b'), column('n', 23, true)],
      rows: [
        ['x|y\\z\nnext', '1'],
        ['snake_case *b* _i_ <i>', null],
      ],
    }

    expect(copyText(rows, 'markdown')).toBe(
      [
        '| a\\|b | n |',
        '| --- | ---: |',
        '| x\\|y\\\\z<br>next | 1 |',
        '| snake_case \\*b\\* \\_i\\_ \\<i\\> | NULL |',
        '',
      ].join('\n'),
    )
  })
})

describe('copy as SQL', () => {
  it('writes an INSERT that reads back the same', () => {
    const columns = [column('id', 20, true), column('Full Name'), column('order'), column('f', 701, true)]
    const rows = [
      ['9007199254740993', "O'Brien", 'C:\\temp', 'NaN'],
      ['-1', null, '', '1e-07'],
    ]

    expect(copyText({ columns, rows }, 'insert', 'shop."Order"')).toBe(
      [
        'insert into shop."Order" (id, "Full Name", "order", f) values',
        "  (9007199254740993, 'O''Brien', E'C:\\\\temp', 'NaN'),",
        "  (-1, NULL, '', 1e-07);",
        '',
      ].join('\n'),
    )
  })

  it('writes a list of values, or of rows', () => {
    const columns = [column('id', 23, true), column('name')]

    expect(copyText({ columns: columns.slice(1), rows: [['a'], ["b'c"], [null]] }, 'list')).toBe("('a', 'b''c', NULL)")
    expect(
      copyText(
        {
          columns,
          rows: [
            ['1', 'a'],
            ['2', 'b'],
          ],
        },
        'list',
      ),
    ).toBe("((1, 'a'), (2, 'b'))")
  })

  it.each([
    ['id', 'id'],
    ['user', '"user"'],
    ['Mixed', '"Mixed"'],
    ['a"b', '"a""b"'],
    ['1st', '"1st"'],
    ['', '""'],
  ])('quotes the name %j as %s', (name, quoted) => {
    expect(quoteName(name)).toBe(quoted)
  })

  it('quotes a number that SQL would not read', () => {
    expect([quoteValue('$1,000.00', true), quoteValue('007', true), quoteValue('007', false)]).toEqual([
      "'$1,000.00'",
      "'007'",
      "'007'",
    ])
  })
})
