import { loadModule, parseSync } from 'libpg-query'
import { beforeAll, describe, expect, it } from 'vitest'
import { scanScript } from '../../contract/script-scanner'
import {
  lineColumnAt,
  offsetOfPosition,
  ScriptError,
  splitStatements,
  statementAt,
  tokenEnd,
} from '../../contract/statement'

const texts = (script: string, hasStandardStrings = true) =>
  splitStatements(script, { hasStandardStrings }).map((statement) => script.slice(statement.from, statement.to))

// Each is valid for the server's own parser, which is asked below where its statements begin and end.
const VALID = [
  'select 1;select 2',
  ';;;select 1;;',
  "select 'a;b';select $$;$$, $x$ $$;$x$;",
  'select a$b$c from (select 1 a$b$c) t; select 1',
  'create rule r as on insert to a do also (insert into b values(1); insert into c values(2));select 1',
  '/* a; /* b; */ c; */ select 1; -- x;\nselect 2;',
  "select U&'\\0041;';select E'\\';';select 1",
  'select "a;""b;";select 1',
  'select U&"d;\\0061t\\+000061"; select 1',
  'create function g() returns int begin atomic select case when true then 1 else 2 end; select 2; end;select 3',
  'create procedure p() language sql begin atomic end;select 1',
  'create function atomic() returns int return 1; begin; select 1; end; select 2',
  'create or replace function f() returns int begin atomic select (case when true then 1 end) as end; select x.end from x; end; select 4',
  "select 1 /* c */ ; select '' ; ",
  "select n'a;b';select x'1f';select b'1'",
  'select 1 as "begin" , 2 as atomic; select 2',
  "prepare p as select $1::text; execute p('x;y')",
  'select 1--comment;\n;select 2',
  "do $body$ begin perform 1; raise notice 'x;'; end $body$; select 1",
  "create function é() returns text language sql as $é$ select ';' $é$; select é()",
  'select 5 *-- no; \n 2; select 3',
  "select 'a'\n'b;'; select 1",
]

describe('split statements', () => {
  beforeAll(async () => {
    await loadModule()
  })

  it.each(VALID)('agrees with the server grammar: %s', (script) => {
    const mine = texts(script)

    const bytes = Buffer.from(script)
    const parsed = (parseSync(script).stmts ?? []).map((entry) => {
      const from = entry.stmt_location ?? 0
      return bytes.subarray(from, entry.stmt_len ? from + entry.stmt_len : undefined).toString()
    })
    expect(mine).toHaveLength(parsed.length)
    for (const [index, text] of parsed.entries()) expect(text).toContain(mine[index])
  })

  it('honours a backslash in plain strings when standard_conforming_strings is off', () => {
    const script = "select 'a\\';b'; select 2"

    expect(texts(script, false)).toEqual(["select 'a\\';b'", 'select 2'])
    expect(() => texts(script, true)).toThrow(ScriptError)
  })

  it.each([
    ['set standard_conforming_strings = off;', ["select 'a\\';b'", 'select 2']],
    ["SET LOCAL standard_conforming_strings to 'off';", ["select 'a\\';b'", 'select 2']],
    ['set standard_conforming_strings = off; set standard_conforming_strings = on;', null],
  ])('follows %s', (set, expected) => {
    const script = `${set} select 'a\\';b'; select 2`

    const { statements, problem } = scanScript(script)

    const found = problem === null ? statements.map(({ from, to }) => script.slice(from, to)).slice(1) : null
    expect(found).toEqual(expected)
  })

  it('ends a statement at a psql command in its middle', () => {
    const script = 'select 1 \\gx ; x\nselect 2'

    const kinds = splitStatements(script).map((one) => [one.kind, script.slice(one.from, one.to)])

    expect(kinds).toEqual([
      ['sql', 'select 1'],
      ['psql', '\\gx ; x'],
      ['sql', 'select 2'],
    ])
  })

  it('refuses a statement that stands between COPY … FROM STDIN and its data', () => {
    const script = 'copy t from stdin; select 1;\n1\n\\.\n'

    expect(scanScript(script).problem?.at).toBe(18)
  })

  it('keeps the data of COPY … FROM STDIN apart', () => {
    const script = 'copy t from stdin;\n1\t;x\n\\.\nselect 1;'

    const kinds = splitStatements(script).map((one) => [one.kind, script.slice(one.from, one.to)])

    expect(kinds).toEqual([
      ['sql', 'copy t from stdin'],
      ['copy data', '1\t;x\n'],
      ['sql', 'select 1'],
    ])
  })

  it('names psql backslash lines as such', () => {
    const script = '\\restrict abc\r\nselect 1;\n\\unrestrict abc'

    const kinds = splitStatements(script).map((one) => [one.kind, script.slice(one.from, one.to)])

    expect(kinds).toEqual([
      ['psql', '\\restrict abc'],
      ['sql', 'select 1'],
      ['psql', '\\unrestrict abc'],
    ])
  })

  it.each([
    ["select 'a", 7],
    ['select "a', 7],
    ['select $x$ a', 7],
    ['select 1 /* a /* b */', 9],
  ])('says where something is never closed: %s', (script, at) => {
    expect(scanScript(script).problem?.at).toBe(at)
  })

  it('gives the first words without comments', () => {
    expect(splitStatements('/* x */ Create -- y\n UNIQUE index Concurrently i on t(a)')[0]?.words).toEqual([
      'create',
      'unique',
      'index',
      'concurrently',
    ])
  })
})

describe('statement at the caret', () => {
  const script = 'select 1;\n\n-- second\nselect 2;  select 3;\n'
  const at = (offset: number) => {
    const found = statementAt(script, splitStatements(script), offset)
    return found === null ? null : script.slice(found.from, found.to)
  }

  it('is the one around the caret, the one before it on the same line, or else the next', () => {
    expect([0, 4, 9, 10, 12, 22, 30, 31, 40, script.length].map(at)).toEqual([
      'select 1',
      'select 1',
      'select 1',
      'select 2',
      'select 2',
      'select 2',
      'select 2',
      'select 2',
      'select 3',
      'select 3',
    ])
  })

  it('is nothing in an empty script', () => {
    expect(statementAt(' -- x', splitStatements(' -- x'), 2)).toBeNull()
  })

  it('in the data lines of a COPY is the COPY', () => {
    const script = 'select 1;\ncopy t from stdin;\n1\ta\n2\tb\n\\.\nselect 3;'
    const found = statementAt(script, splitStatements(script), script.indexOf('2\tb'))

    expect(found && script.slice(found.from, found.to)).toBe('copy t from stdin')
  })
})

describe('positions', () => {
  it('count characters, not UTF-16 units', () => {
    const statement = "select '😀é', nope"

    const offset = offsetOfPosition(statement, 14)

    expect(statement.slice(offset, tokenEnd(statement, offset))).toBe('nope')
  })

  it('become line and column', () => {
    expect([0, 3, 4, 5, 9].map((offset) => lineColumnAt('abc\nde\nf', offset))).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 4 },
      { line: 2, column: 1 },
      { line: 2, column: 2 },
      { line: 3, column: 3 },
    ])
  })
})
