import { describe, expect, it } from 'vitest'
import { placeInMessage } from '../../../renderer/migration/file-place'
import { highlightLines, highlightSql } from '../../../renderer/migration/highlight-sql'

describe('SQL colours', () => {
  it.each([
    "create table a1 (b int default 1.5e3, c text default 'it''s') -- done",
    'select $1, $$a $ b$$, $tag$ $$ $tag$, "quoted ""name"""',
    "select E'a\\'b', 'never closed",
    '/* never closed',
    'select $tag$ never closed',
    'emoji 😀 und Umlaut äöü',
  ])('change no character of %j', (sql) => {
    const pieces = highlightSql(sql)

    expect(pieces.map((piece) => piece.text).join('')).toBe(sql)
  })

  it('tell keywords, strings, numbers and comments apart', () => {
    const pieces = highlightSql('select \'drop\', 12 from "table" -- null')

    expect(pieces.filter((piece) => piece.kind !== 'plain')).toEqual([
      { kind: 'keyword', text: 'select' },
      { kind: 'string', text: "'drop'" },
      { kind: 'number', text: '12' },
      { kind: 'keyword', text: 'from' },
      { kind: 'comment', text: '-- null' },
    ])
  })

  it('go on over the lines of a body, and end with its last line', () => {
    const lines = highlightLines('do $$\nbegin\n$$;\n', 100)

    expect(lines).toEqual([
      [
        { kind: 'keyword', text: 'do' },
        { kind: 'plain', text: ' ' },
        { kind: 'string', text: '$$' },
      ],
      [{ kind: 'string', text: 'begin' }],
      [
        { kind: 'string', text: '$$' },
        { kind: 'plain', text: ';' },
      ],
    ])
  })

  it('stop after the most lines asked for', () => {
    expect(highlightLines('a\n'.repeat(50), 10)).toHaveLength(10)
  })
})

describe('place named in a refusal', () => {
  it.each([
    ['20240101_a.up.sql, line 12: COMMIT is not allowed here.', { file: 'up', line: 12 }],
    ['"b" cannot be rolled back. my (proj) b.down.sql, line 3: no.', { file: 'down', line: 3 }],
    ['There is no b.down.sql. Write one.', { file: 'down', line: null }],
    ['It depends on c, which is not applied.', { file: 'up', line: null }],
  ])('of %j', (message, expected) => {
    expect(placeInMessage(message)).toEqual(expected)
  })
})
