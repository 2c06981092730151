import { describe, expect, it } from 'vitest'
import { checksumOf, readScript } from '../../../electron/engine/migration/migration-script'

const read = (text: string, part: 'up' | 'down' = 'up') =>
  readScript('1_a.up.sql', text, part, { hasStandardStrings: true })
const problemOf = (text: string, part: 'up' | 'down' = 'up') => read(text, part).problem

describe('migration script', () => {
  it.each([
    ['begin;', 'BEGIN'],
    ['start transaction', 'START TRANSACTION'],
    ['commit', 'COMMIT'],
    ['COMMIT AND CHAIN', 'COMMIT'],
    ['end;', 'END'],
    ['rollback', 'ROLLBACK'],
    ['rollback and chain', 'ROLLBACK'],
    ['abort;', 'ABORT'],
    ["prepare transaction 'x'", 'PREPARE TRANSACTION'],
    ["commit prepared 'x'", 'COMMIT'],
  ])('may not hold %s', (statement, name) => {
    const problem = problemOf(`select 1;\n/* two */ ${statement}`)

    expect(problem).toBe(
      `1_a.up.sql, line 2: ${name} is not allowed here. Every migration runs in a transaction of its own, together with its row in the history. Remove it.`,
    )
  })

  it.each([
    ['drop table t', true],
    ['DROP MATERIALIZED VIEW v', true],
    ['truncate t', true],
    ['delete from t', true],
    ['with gone as (delete from t returning 1) select 1', true],
    ['alter table t drop column x', true],
    ['alter table t add y int, drop "constraint"', true],
    ['alter table t alter "x" type int', true],
    ['alter table t alter column x set data type int using 1', true],
    ['alter table t drop  constraint c, alter x drop not null, alter x drop default', false],
    ["alter table t add constraint c check (x <> 'drop it')", false],
    ['drop index i', false],
    ['drop function f()', false],
    ['create table t (delete_at int)', false],
    ["with a as (select 'delete from t') select 1", false],
  ])('knows of %s whether it may destroy: %s', (text, expected) => {
    expect(read(text).statements.map((statement) => statement.destroys)).toEqual([expected])
  })

  it.each([
    'savepoint s; rollback to s; rollback work to savepoint s; release s',
    'prepare begin as select 1',
    'create function f() returns int language plpgsql as $$ begin return 1; end $$',
    'create function f() returns int begin atomic select 1; end',
    "select 'COMMIT;' -- COMMIT;",
    'create index concurrently_named on a (x)',
    'create index on concurrently (x)',
    'cluster "t"',
    '\\restrict abc\nselect 1;\n\\unrestrict abc',
    'copy a to stdout',
  ])('may hold %s', (text) => {
    expect(problemOf(text)).toBeNull()
  })

  it.each([
    ['create unique index concurrently i on a (x)', 'CREATE INDEX CONCURRENTLY'],
    ['drop index concurrently i', 'DROP INDEX CONCURRENTLY'],
    ['reindex (verbose) table concurrently a', 'REINDEX CONCURRENTLY'],
    ['reindex database d', 'REINDEX of a whole schema or database'],
    ['vacuum full a', 'VACUUM'],
    ['create database d', 'CREATE DATABASE'],
    ['drop database d', 'DROP DATABASE'],
    ["alter system set work_mem = '1MB'", 'ALTER SYSTEM'],
    ['alter table a detach partition b concurrently', 'DETACH PARTITION CONCURRENTLY'],
    ['cluster', 'CLUSTER of every table'],
    ['discard all', 'DISCARD ALL'],
  ])('needs transaction: off for %s', (statement, name) => {
    expect(problemOf(statement)).toBe(
      `1_a.up.sql, line 1: ${name} cannot run inside a transaction. Put it alone into a migration whose first line is "-- transaction: off".`,
    )
    expect(problemOf(`-- transaction: off\n${statement}`)).toBeNull()
  })

  it.each([
    [
      '\\set x 1',
      '1_a.up.sql, line 1: \\set is a command of psql, not SQL. Remove the line, or write the SQL it stands for.',
    ],
    [
      'select 1;\ncopy a from stdin',
      '1_a.up.sql, line 2: No data stands behind this COPY … FROM STDIN. Write ; and put the data on the next lines, ended by a line with \\.',
    ],
    ["select 1;\nselect 'open", '1_a.up.sql, line 2: A quoted string is never closed.'],
    ['select 1;\n/* open', '1_a.up.sql, line 2: A comment is never closed.'],
    ['-- transaction: of\nselect 1', '1_a.up.sql, line 1: "-- transaction:" is "on" or "off", not "of".'],
    [
      '-- a\n-- transactions: off\nselect 1',
      '1_a.up.sql, line 2: "-- transactions:" is no header. Did you mean "-- transaction:"?',
    ],
    ['-- title: a\n-- title: b', '1_a.up.sql, line 2: "-- title:" is given twice.'],
    ['-- title:', '1_a.up.sql, line 1: "-- title:" has no value.'],
    [
      '-- lock-timeout: soon',
      '1_a.up.sql, line 1: "-- lock-timeout:" is a number with ms, s or min, such as 3s; not "soon".',
    ],
    ['select 1;\n\nselect \0', '1_a.up.sql, line 3: PostgreSQL cannot hold the character NUL.'],
  ])('says what is wrong with %j and where', (text, problem) => {
    expect(problemOf(text)).toBe(problem)
  })

  it.each([
    ['Titel', 'title'],
    ['tilte', 'title'],
    ['transacton', 'transaction'],
    ['no-transaction', 'transaction'],
    ['dependes', 'depends'],
    ['requires', 'depends'],
    ['ireversibel', 'irreversible'],
    ['lock timeout', 'lock-timeout'],
    ['lock_timeout', 'lock-timeout'],
    ['lock-timout', 'lock-timeout'],
  ])('takes "-- %s:" for a slip', (word, key) => {
    expect(problemOf(`-- ${word}: x`)).toBe(
      `1_a.up.sql, line 1: "-- ${word}:" is no header. Did you mean "-- ${key}:"?`,
    )
  })

  it.each(['Table', 'Author', 'Note', 'Name', 'Type', 'Time', 'See also', 'TODO', 'Depth'])(
    'passes over a comment that begins with "%s:"',
    (word) => {
      expect(problemOf(`-- ${word}: x\nselect 1`)).toBeNull()
    },
  )

  it('names the migration that a file name in depends stands for', () => {
    expect(problemOf('-- title: a\n-- depends: 0_x.up.sql\nselect 1')).toBe(
      '1_a.up.sql, line 2: "-- depends:" names migrations without .up.sql: write 0_x.',
    )
  })

  it('refuses in a rollback the headers of the up file', () => {
    expect(problemOf('-- title: a', 'down')).toBe('1_a.up.sql, line 1: "-- title:" belongs in the .up.sql file.')
  })

  it('reads headers before the first statement only, and passes over other comments', () => {
    const { header, problem } = read(
      '-- Copyright: nobody\n-- Title: Add accounts\n\n-- depends: 1_a, 2_b\n-- lock-timeout: 3 s\n-- irreversible: data is dropped\nselect 1;\n-- transaction: off',
    )

    expect([header, problem]).toEqual([
      {
        title: 'Add accounts',
        isTransactional: true,
        depends: ['1_a', '2_b'],
        irreversible: 'data is dropped',
        lockTimeout: '3s',
      },
      null,
    ])
  })

  it('gives statements with the line they begin on, without psql guards', () => {
    const { statements } = read('\ufeff\\restrict k\r\n-- one\r\nselect 1;\r\n\r\ncreate index concurrently i on a (x)')

    expect(statements.map(({ line, text, isConcurrentIndex }) => [line, text, isConcurrentIndex])).toEqual([
      [3, 'select 1', false],
      [5, 'create index concurrently i on a (x)', true],
    ])
  })

  it('has a checksum of what people see', () => {
    const plain = checksumOf('select 1;\n\nselect 2;\n')

    expect(checksumOf('\ufeffselect 1; \t\r\n\r\nselect 2;  ')).toBe(plain)
    expect(checksumOf('select 1;\n\n\nselect 2;')).not.toBe(plain)
  })
})
