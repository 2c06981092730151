import { describe, expect, it } from 'vitest'
import type { Constraint } from '../../../contract/catalog'
import type { RowContent, TreeRow } from '../../../renderer/catalog/flatten-tree'
import { quoteName } from '../../../renderer/catalog/quote-name'
import { compactCount, oneLine, rowTip, shortType, spokenName } from '../../../renderer/catalog/row-words'
import { aColumn, aRelation } from './catalog-builders'

const row = (name: string, content: RowContent): TreeRow => ({
  key: name,
  parentKey: null,
  level: 1,
  depth: 0,
  setSize: 1,
  position: 1,
  isExpanded: null,
  name,
  content,
})

describe('words of a row', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1 k'],
    [1234, '1.2 k'],
    [9_949, '9.9 k'],
    [9_950, '10 k'],
    [42_000, '42 k'],
    [999_400, '999 k'],
    [999_600, '1 M'],
    [1_234_567, '1.2 M'],
    [7.5e9, '7.5 G'],
  ])('print %d rows as %s', (count, text) => {
    expect(compactCount(count).replace('\u00a0', ' ')).toBe(text)
  })

  it.each([
    ['timestamp with time zone', 'timestamptz'],
    ['timestamp(3) without time zone[]', 'timestamp(3)[]'],
    ['time with time zone', 'timetz'],
    ['character varying(20)', 'varchar(20)'],
    ['character(3)', 'char(3)'],
    ['"char"', '"char"'],
    ['bit varying(4)', 'varbit(4)'],
    ['"My Shop".mood', 'mood'],
    ['public.citext[]', 'citext[]'],
    ['other.mood', 'other.mood'],
    ['numeric(12,2)', 'numeric(12,2)'],
  ])('shorten %s to %s', (type, short) => {
    expect(shortType(type, 'My Shop')).toBe(short)
  })

  it('spoken begin with the name and say what matters', () => {
    const constraint: Constraint = { name: 'c', kind: 'check', definition: 'CHECK (true)', isValidated: false }
    const relation = aRelation({ name: 'orders', estimatedRows: 42_000, comment: 'all of them' })
    const node = { type: 'relation', key: '', schema: 's', relation, partitions: [], search: '' } as const
    const column = aColumn({ name: 'id', type: 'bigint', isNotNull: true, isPrimaryKey: true, references: 'a.id' })

    expect([
      spokenName(row('orders', node)).replace('\u00a0', ' '),
      rowTip(row('orders', node)),
      spokenName(row('id', { type: 'column', schema: 's', column })),
      spokenName(row('c', { type: 'constraint', constraint })),
    ]).toEqual([
      'orders, table, about 42 k rows',
      'orders\nall of them',
      'id, bigint, not null, primary key, references a.id',
      'c, check, not validated',
    ])
  })

  it('keep a name with line ends in one line', () => {
    expect(oneLine('a\nb\tc\rd')).toBe('a␊b␉c␍d')
  })

  it.each([
    ['orders', 'orders'],
    ['order', '"order"'],
    ['user', '"user"'],
    ['Orders', '"Orders"'],
    ['1st', '"1st"'],
    ['a"b', '"a""b"'],
    ['größe', '"größe"'],
    ['name', 'name'],
  ])('quote %s as %s', (name, quoted) => {
    expect(quoteName(name)).toBe(quoted)
  })
})
