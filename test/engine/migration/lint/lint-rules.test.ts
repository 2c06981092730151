import { describe, expect, it } from 'vitest'
import { lintScript } from '../../../../electron/engine/migration/lint/lint-script'
import { RULES } from '../../../../electron/engine/migration/lint/rules'

const OFF = '-- transaction: off\n'
const BATCH = 'alter table b add c int; alter table d add c int; alter table e add c int'

// For every rule: scripts that it warns of, and others, as near as possible, that it lets pass.
const CASES: Readonly<Record<string, { readonly bad: readonly string[]; readonly good: readonly string[] }>> = {
  'index-without-concurrently': {
    bad: ['create index on t (x)', 'create unique index i on s.t (x)', '/* index */ create index i on "T" (x)'],
    good: [`${OFF}create index concurrently i on t (x)`, 'create table t (x int); create index on t (x)'],
  },
  'drop-index-without-concurrently': {
    bad: ['drop index i', 'drop index if exists s.i, j'],
    good: [
      `${OFF}drop index concurrently i`,
      'create table t (x int); create index i on t (x); drop index i',
      'drop view i',
    ],
  },
  'reindex-without-concurrently': {
    bad: ['reindex table t', 'reindex index i', 'reindex (verbose) table t', 'reindex (concurrently off) table t'],
    good: [`${OFF}reindex table concurrently t`, `${OFF}reindex (concurrently) index i`],
  },
  'if-not-exists-hides-invalid-index': {
    bad: [`${OFF}create index concurrently if not exists i on t (x)`],
    good: ['create index if not exists i on t (x)', `${OFF}create index concurrently i on t (x)`],
  },
  'concurrently-in-transaction': {
    bad: ['create index concurrently i on t (x)', 'drop index concurrently i', 'reindex (concurrently) table t'],
    good: [`${OFF}create index concurrently i on t (x)`, 'create index i on t (x)'],
  },
  'add-column-rewrites-table': {
    bad: [
      'alter table t add a timestamptz default clock_timestamp()',
      'alter table t add a uuid not null default gen_random_uuid()',
      'alter table t add a int generated always as (x + 1) stored',
      'alter table t add a bigint generated always as identity',
      'alter table t add a serial',
      'alter table t add a text default lower(random()::text)',
    ],
    good: [
      'alter table t add a int default 5 not null',
      'alter table t add a timestamptz default now()',
      'alter table t add a int generated always as (x + 1) virtual',
      'create table t (x int); alter table t add a serial',
    ],
  },
  'add-required-column': {
    bad: ['alter table t add a int not null', 'alter table t add b int, add a text not null'],
    good: [
      'alter table t add a int not null default 1',
      'alter table t add a serial not null',
      'alter table t add a int',
    ],
  },
  'set-not-null-scans-table': {
    bad: ['alter table t alter a set not null'],
    good: ['alter table t alter a drop not null', 'create table t (a int); alter table t alter a set not null'],
  },
  'change-type-rewrites-table': {
    bad: ['alter table t alter a type bigint', 'alter table t alter column a set data type varchar(10) using a::text'],
    good: [
      'alter table t alter a set default 4',
      'create table t (a int); alter table t alter a type bigint',
      'alter type c alter attribute a type bigint',
    ],
  },
  'check-without-not-valid': {
    bad: ['alter table t add check (x > 0)', 'alter table t add constraint c check (x > 0)'],
    good: ['alter table t add constraint c check (x > 0) not valid', 'alter table t add a int check (a > 0)'],
  },
  'foreign-key-without-not-valid': {
    bad: ['alter table t add foreign key (x) references p', 'alter table t add a int default 1 references p'],
    good: [
      'alter table t add constraint f foreign key (x) references p not valid',
      'alter table t add a int references p',
    ],
  },
  'unique-without-index': {
    bad: [
      'alter table t add unique (x)',
      'alter table t add primary key (x)',
      'alter table t add exclude (x with =)',
      'alter table t add a int unique',
    ],
    good: ['alter table t add constraint u unique using index i', 'alter table t add primary key using index i'],
  },
  'validate-in-same-transaction': {
    bad: ['alter table t add constraint c check (x > 0) not valid; alter table t validate constraint c'],
    good: [
      'alter table t validate constraint c',
      `${OFF}alter table t add constraint c check (x > 0) not valid; alter table t validate constraint c`,
    ],
  },
  'create-table-references': {
    bad: ['create table c (p int references p)', 'create table c (p int, foreign key (p) references s.p)'],
    good: [
      'create table c (id int primary key, up int references c)',
      'create table p (id int primary key); create table c (p int references p)',
    ],
  },
  'rewrites-table': {
    bad: [
      'alter table t set unlogged',
      'alter table t set logged',
      'alter table t set tablespace fast',
      'cluster t using i',
    ],
    good: ['alter table t set (fillfactor = 80)', 'alter table t cluster on i'],
  },
  'vacuum-full': {
    bad: [`${OFF}vacuum full t`, `${OFF}vacuum (full, analyze) t`],
    good: [`${OFF}vacuum (analyze) t`, `${OFF}vacuum (full off) t`],
  },
  'refresh-without-concurrently': {
    bad: ['refresh materialized view m'],
    good: ['refresh materialized view concurrently m', 'refresh materialized view m with no data'],
  },
  'drop-loses-data': {
    bad: [
      'drop table t',
      'drop table if exists s.t, u',
      'drop schema s',
      'alter table t drop a',
      'drop materialized view m',
      'drop sequence q',
    ],
    good: [
      'drop view v',
      'create table t (a int); drop table t',
      'alter table t alter a drop default',
      'drop function f()',
    ],
  },
  'drop-cascade': {
    bad: ['drop view v cascade', 'alter table t drop a cascade', 'alter table t drop constraint c cascade'],
    good: ['drop view v', 'alter table t drop a'],
  },
  'truncate-loses-data': {
    bad: ['truncate t', 'truncate t, u cascade'],
    good: ['delete from t where a = 1', 'create temp table t (a int); truncate t'],
  },
  'rename-breaks-clients': {
    bad: ['alter table t rename to u', 'alter table t rename a to b', 'alter view v rename to w'],
    good: [
      'alter index i rename to j',
      'alter table t rename constraint c to d',
      'create table t (a int); alter table t rename to u; alter table u rename a to b',
    ],
  },
  'write-without-where': {
    bad: ['update t set a = 1', 'delete from t'],
    good: [
      'update t set a = 1 where b = 2',
      'delete from t where true',
      'create table t as select 1 a; update t set a = 2',
    ],
  },
  'lock-table': { bad: ['lock table t', 'lock t in share mode'], good: ['lock table t in row exclusive mode'] },
  'trigger-blocks-writes': {
    bad: ['create trigger g after insert on t for each row execute function f()', 'alter table t disable trigger all'],
    good: [
      'drop trigger g on t',
      'create table t (a int); create trigger g after insert on t for each row execute function f()',
    ],
  },
  'attach-partition-scans': {
    bad: ['alter table t attach partition p for values from (1) to (2)'],
    good: ['create table p (a int); alter table t attach partition p for values from (1) to (2)'],
  },
  'partition-locks-parent': {
    bad: ['create table p partition of t for values from (1) to (2)', 'alter table t detach partition p'],
    good: [
      `${OFF}alter table t detach partition p concurrently`,
      'create table t (a int) partition by range (a); create table p partition of t for values from (1) to (2)',
    ],
  },
  'many-strong-locks': {
    bad: [BATCH],
    good: [`${OFF}${BATCH}`, 'alter table b add c int; alter table b add d int; alter table b add e int'],
  },
  'strong-lock-while-data-changes': {
    bad: ['alter table t add a int; update u set b = 1 where c = 2', 'create index on t (x); insert into u select 1'],
    good: [
      'update u set b = 1 where c = 2; alter table t add a int',
      'alter table t add a int; insert into u values (1)',
    ],
  },
  'enum-value-used-at-once': {
    bad: ["alter type e add value 'z'; update t set a = 'z' where b = 1"],
    good: [
      "create type e as enum ('a'); alter type e add value 'z'; insert into t values ('z')",
      "alter type e rename value 'a' to 'z'; select 'z'",
    ],
  },
}

async function rulesOf(script: string, part: 'up' | 'down' = 'up'): Promise<readonly string[]> {
  const { findings } = await lintScript(script, { part })
  return findings.map(({ rule }) => rule)
}

describe('the rules', () => {
  it('all have cases', () => {
    expect(Object.keys(CASES).sort()).toEqual(RULES.map(({ id }) => id).sort())
  })

  for (const [rule, { bad, good }] of Object.entries(CASES)) {
    it.each(bad)(`${rule} warns of %s`, async (script) => {
      expect(await rulesOf(script)).toContain(rule)
    })

    it.each(good)(`${rule} lets %s pass`, async (script) => {
      const found = await rulesOf(script)

      expect(found).not.toContain(rule)
      expect(found).not.toContain('syntax-error')
    })
  }
})

describe('a check', () => {
  it('says nothing of a migration that makes what it changes', async () => {
    const script = `create table a (id int primary key, n text);
      create index on a (n);
      alter table a add check (n <> '');
      create table b (a int references a);
      alter table a alter n set not null;
      create function f() returns trigger language plpgsql as $$ begin return new; end $$;
      create trigger g before insert on a for each row execute function f();
      insert into a values (1, 'x');`

    expect(await rulesOf(script)).toEqual([])
  })

  it('says nothing of what a rollback does by its nature', async () => {
    expect(await rulesOf('drop table t; alter table u drop a; alter table u rename to v', 'down')).toEqual([])
  })

  it('points at the statement, with its line and the lock', async () => {
    const { findings } = await lintScript("-- 🎉 title\nselect 'ä🎉';\n\n  create index on shop.t (x) ;", {
      part: 'up',
    })

    expect(findings).toMatchObject([
      { from: 29, to: 55, line: 4, locks: [{ relation: 'shop.t', mode: 'SHARE' }], severity: 'warning' },
    ])
  })

  it('shows where the grammar stops, in UTF-16 units', async () => {
    const { findings } = await lintScript("select 1;\nselect '🎉ä' frm t;\nselect 2", { part: 'up' })

    expect(findings).toMatchObject([{ rule: 'syntax-error', title: 'syntax error at or near "t"', line: 2, from: 27 }])
  })

  it('leaves a quote that is still open alone', async () => {
    expect(await rulesOf("select 1;\nupdate t set a = 'unfinished")).toEqual([])
  })

  it('says nothing of the statement at which it stops in a long file', async () => {
    const filling = "insert into t values (1, 'abcdefghijklmnopqrstuvwxyz');\n".repeat(1000)
    const before = `drop table t;\n${`/*${'x'.repeat(65_000)}*/`.repeat(64)}`
    const script = `${before}${filling.repeat(4)}`

    const { findings, limit } = await lintScript(script, { part: 'up' })

    expect([findings.map(({ rule }) => rule), limit]).toEqual([
      ['drop-loses-data'],
      'Only the first 4 MB were checked.',
    ])
  })

  it('checks what follows a statement that is too long for it', async () => {
    const long = `insert into t values ${Array(60_000).fill("('x')").join(',')};`

    expect(await rulesOf(`${long}\ndrop table t;`)).toEqual(['drop-loses-data'])
  })
})

describe('a switch-off comment', () => {
  const RULE = 'index-without-concurrently'

  it.each([
    `-- lint: off ${RULE}: three rows\ncreate index on t (x);`,
    `create index on t (x); -- lint: off ${RULE}: three rows`,
    `create index on t\n  (x) -- lint: off ${RULE}: three rows\n;`,
    `drop view v;\n\n--lint:off ${RULE}: three rows\n\n-- another\ncreate index on t (x);`,
  ])('with a reason silences its statement: %s', async (script) => {
    const report = await lintScript(script, { part: 'up' })

    expect(report).toEqual({ findings: [], switchedOff: 1, limit: null })
  })

  it.each([
    [`-- lint: off ${RULE}:\ncreate index on t (x);`, 'switched off without a reason'],
    [`-- lint: off ${RULE}\ncreate index on t (x);`, 'switched off without a reason'],
    ['-- lint: off index: small\ncreate index on t (x);', 'There is no rule "index"'],
    ['-- lint: of\ncreate index on t (x);', 'switches nothing off'],
    [`create index on t (x);\n-- lint: off ${RULE}: small`, 'stands above no statement'],
  ])('that says too little is a warning and silences nothing: %s', async (script, title) => {
    const { findings } = await lintScript(script, { part: 'up' })

    expect(findings.map(({ rule }) => rule).sort()).toEqual([RULE, 'switch-off'])
    expect(findings.find(({ rule }) => rule === 'switch-off')?.title).toContain(title)
  })

  it('that is not needed any more is said', async () => {
    const { findings } = await lintScript(`-- lint: off ${RULE}: small\ncreate view v as select 1;`, { part: 'up' })

    expect(findings).toMatchObject([{ rule: 'switch-off', title: `"${RULE}" says nothing of this statement` }])
  })

  it('in a string is none', async () => {
    const script = `select '\n-- lint: off ${RULE}: no\n'; create index on t (x);`

    expect(await rulesOf(script)).toEqual([RULE])
  })
})

describe('a fix', () => {
  const fixed = async (script: string) => {
    const { findings } = await lintScript(script, { part: 'up' })
    const edits = findings.find(({ fix }) => fix !== null)?.fix?.edits ?? []
    return [...edits]
      .sort((a, b) => b.from - a.from)
      .reduce((text, { from, to, text: put }) => text.slice(0, from) + put + text.slice(to), script)
  }

  it.each([
    [
      '-- title: Fast\ncreate /* index */ unique index i on t (x);\n',
      '-- title: Fast\n-- transaction: off\ncreate /* index */ unique index concurrently i on t (x);\n',
    ],
    ['-- transaction: on\ndrop index i;', '-- transaction: off\ndrop index concurrently i;'],
    ['reindex table t', '-- transaction: off\nreindex table concurrently t'],
    ['create index concurrently i on t (x)', '-- transaction: off\ncreate index concurrently i on t (x)'],
    [
      'alter table t add constraint c check (x > 0);\n',
      '-- transaction: off\nalter table t add constraint c check (x > 0) not valid;\nalter table t validate constraint c;\n',
    ],
    [
      'alter table s.t add foreign key (x) references p;\n',
      '-- transaction: off\nalter table s.t add constraint t_x_fkey foreign key (x) references p not valid;\nalter table s.t validate constraint t_x_fkey;\n',
    ],
  ])('turns %s into the safer way', async (script, safer) => {
    expect(await fixed(script)).toBe(safer)
    expect(await rulesOf(safer)).toEqual([])
  })

  it('is not offered where another statement would lose its transaction', async () => {
    const script = 'create index on t (x); alter table t add a int;'

    expect(await fixed(script)).toBe(script)
  })
})
