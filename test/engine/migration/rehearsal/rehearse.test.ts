import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../../contract/profile'
import type { RehearsedMigration } from '../../../../contract/rehearsal'
import { readScript } from '../../../../electron/engine/migration/migration-script'
import {
  type RehearsalPair,
  type RehearsalWork,
  rehearse,
} from '../../../../electron/engine/migration/rehearsal/rehearse'
import { readSnapshot } from '../../../../electron/engine/migration/snapshot/read-snapshot'
import { openSession } from '../../../../electron/engine/session/connect'
import type { Session } from '../../../../electron/engine/session/session'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'

const SCHEMA = `
  create table acct (id serial primary key, owner text not null, balance integer);
  insert into acct (owner, balance) select 'somebody', i from generate_series(1, 1000) i;
  create table employees (id integer primary key, department text not null);
  insert into employees values (1, 'Sales'), (2, 'Legal');
  create type mood as enum ('calm');
`
const OPTIONS = { hasStandardStrings: true }

const pairOf = (name: string, up: string, down: string | null): RehearsalPair => ({
  name,
  up: readScript(`${name}.up.sql`, up, 'up', OPTIONS),
  down: down === null ? null : readScript(`${name}.down.sql`, down, 'down', OPTIONS),
  irreversibleBecause: down === null ? 'Irreversible: it is gone.' : null,
})

describe('rehearsing', () => {
  let database: TestDatabase
  let session: Session
  let abort: AbortController
  beforeAll(async () => {
    database = await createDatabase('app')
    await database.query(`set role app; ${SCHEMA}`)
    session = await openSession({
      profileId: 'profile-1' as ProfileId,
      target: database.target,
      password: database.password,
      applicationName: 'Strata',
    })
  })
  beforeEach(() => {
    abort = new AbortController()
  })
  afterAll(async () => {
    await session.end()
    await database.drop()
  })

  const rehearseAll = (pairs: readonly RehearsalPair[], more: Partial<RehearsalWork> = {}) =>
    rehearse(session, { preparations: [], pairs, signal: abort.signal, ...more })
  const rehearseOne = async (up: string, down: string | null): Promise<RehearsedMigration> => {
    const { migrations } = await rehearseAll([pairOf('1_a', up, down)])
    const [only] = migrations
    if (only === undefined) throw new Error('nothing was rehearsed')
    return only
  }
  const lines = (list: readonly { readonly sign: string; readonly text: string }[]) =>
    list.map(({ sign, text }) => `${sign} ${text}`)

  it('shows the lock, the rewrite, the scan and the schema of a type change, and that its rollback is identical', async () => {
    const { up, changes, verdict } = await rehearseOne(
      'alter table acct alter column balance type bigint',
      'alter table acct alter column balance type integer',
    )

    const [{ locks, rewritten, scanned } = { locks: [], rewritten: [], scanned: 0 }] = up
    expect({ locks, rewritten, scanned, changes: lines(changes), verdict }).toEqual({
      locks: [{ relation: 'public.acct', kind: 'table', mode: 'AccessExclusive' }],
      rewritten: ['public.acct', 'public.acct_pkey'],
      scanned: 2000,
      changes: ['~ column acct.balance: bigint, was integer'],
      verdict: { kind: 'identical' },
    })
  })

  it('leaves schema, rows and history of the database as they were', async () => {
    const stand = async () => ({
      schema: (await readSnapshot(session)).checksum,
      rows: (await database.query('select count(*), sum(balance) from acct')).rows,
      history: (await database.query("select to_regclass('strata.migration') as history")).rows,
      idle: session.transactionStatus,
    })
    const before = await stand()

    await rehearseAll([
      pairOf('1_a', 'delete from acct; create table fresh (); drop table employees', 'drop table fresh'),
      pairOf('2_b', 'create table other (); select 1 / 0', null),
    ])

    expect(await stand()).toEqual(before)
  })

  it('says what the naive rollback of the departments migration leaves behind', async () => {
    const { verdict } = await rehearseOne(
      'create table departments (name text); alter table employees drop column department',
      "drop table departments; alter table employees add column department text not null default ''; update employees set department = 'Sales'",
    )

    expect(verdict.kind === 'leaves behind' && lines(verdict.lines)).toEqual([
      "~ column employees.department: default ''::text stays",
    ])
  })

  it('says that the corrected rollback is identical', async () => {
    const { verdict } = await rehearseOne(
      'create table departments (name text); alter table employees drop column department',
      "drop table departments; alter table employees add column department text; update employees set department = 'Sales'; alter table employees alter column department set not null",
    )

    expect(verdict).toEqual({ kind: 'identical' })
  })

  it('says that a column came back in another place', async () => {
    const { verdict } = await rehearseOne(
      'alter table acct drop column owner',
      "alter table acct add column owner text; update acct set owner = 'x'; alter table acct alter column owner set not null",
    )

    expect(verdict).toEqual({
      kind: 'column order',
      lines: [{ sign: '~', text: 'column order acct: id, balance, owner, was id, owner, balance' }],
    })
  })

  it('says why a migration cannot be rolled back', async () => {
    const { verdict } = await rehearseOne('drop table employees', null)

    expect(verdict).toEqual({ kind: 'impossible', reason: 'Irreversible: it is gone.' })
  })

  it('names the place where a rollback fails, and goes on', async () => {
    const { outcome, migrations } = await rehearseAll([
      pairOf('1_a', 'create table fresh ()', 'select 1;\n  drop table missing'),
      pairOf('2_b', 'alter table fresh add column x integer', 'alter table fresh drop column x'),
    ])

    const [first, second] = migrations
    expect([outcome, second?.verdict]).toEqual(['complete', { kind: 'identical' }])
    expect(first?.verdict).toMatchObject({
      kind: 'failed',
      failure: {
        file: '1_a.down.sql',
        direction: 'roll back',
        statement: 2,
        line: 2,
        column: 3,
        cause: { code: '42P01' },
      },
    })
  })

  it('names the place where a migration fails, and what was not reached', async () => {
    const { outcome, migrations, notReached } = await rehearseAll([
      pairOf('1_a', 'create table fresh (x integer)', 'drop table fresh'),
      pairOf('2_b', 'insert into fresh values (1);\nselect x,\n  nosuch from fresh', null),
      pairOf('3_c', 'select 1', null),
    ])

    expect([outcome, notReached, migrations.map(({ failure }) => failure === null)]).toEqual([
      'failed',
      ['3_c'],
      [true, false],
    ])
    expect(migrations[1]?.failure).toMatchObject({
      file: '2_b.up.sql',
      statement: 2,
      line: 3,
      column: 3,
      left: 'Nothing is left: the rehearsal was rolled back.',
      cause: { kind: 'postgres', code: '42703' },
    })
  })

  it('tells a failure that survives the way to the window and holds no password', async () => {
    const { failure } = await rehearseOne('select 1;\nselect nosuch', null)

    const crossed = structuredClone(failure)
    expect(crossed).toMatchObject({ migration: '1_a', cause: { code: '42703', position: 8 } })
    expect(JSON.stringify(crossed)).not.toContain(database.password)
  })

  it('finds a deferred constraint broken that only COMMIT would check', async () => {
    const { failure } = await rehearseOne(
      'create table child (acct integer references acct deferrable initially deferred);\ninsert into child values (-1)',
      null,
    )

    expect(failure).toMatchObject({ statement: 2, line: 2, cause: { code: '23503' } })
  })

  it.each(['commit', 'ROLLBACK', 'end', "prepare transaction 'x'", 'commit and chain', '\\connect other'])(
    'never sends a statement that would end its transaction: %s',
    async (ending) => {
      const { migrations } = await rehearseAll([pairOf('1_a', `create table kept ();\n${ending};\nselect 1`, null)])

      const { rows } = await database.query("select to_regclass('kept') as kept")
      expect([rows, migrations[0]?.failure]).toMatchObject([
        [{ kept: null }],
        { statement: 2, line: 2, cause: { kind: 'refused' } },
      ])
    },
  )

  it('leaves constraints as deferred as they are declared for what runs next', async () => {
    const up = 'create table a (x integer primary key, y integer references a deferrable initially deferred)'

    const { outcome, migrations } = await rehearseAll([
      pairOf('1_a', up, 'insert into a values (2, 1); insert into a values (1, 2); drop table a'),
      pairOf('2_b', 'insert into a values (2, 1); insert into a values (1, 2)', 'delete from a'),
    ])

    // Rows that COMMIT has not checked yet keep a table from being dropped, in a real run too.
    const message = 'cannot DROP TABLE "a" because it has pending trigger events'
    expect([outcome, migrations.map(({ verdict }) => verdict)]).toEqual([
      'complete',
      [
        {
          kind: 'failed',
          failure: expect.objectContaining({ statement: 3, cause: expect.objectContaining({ message }) }),
        },
        { kind: 'identical' },
      ],
    ])
  })

  it('does not blame a migration for what somebody else changes meanwhile', async () => {
    let other: Promise<unknown> = Promise.resolve()
    const tell: RehearsalWork['tell'] = (_name, direction, statement) => {
      if (direction === 'roll back' && statement === 1) other = database.query('create table others_work ()')
    }

    const rehearsed = rehearseAll(
      [
        pairOf(
          '1_a',
          'create table a ()',
          "drop table a; do $$ begin while not exists (select from pg_class where relname = 'others_work') loop perform pg_sleep(0.01); end loop; end $$",
        ),
      ],
      { tell },
    )
    const { migrations } = await rehearsed
    await other
    await database.query('drop table others_work')

    expect(migrations[0]?.verdict).toEqual({
      kind: 'not proven',
      reason: 'Somebody else changed the schema meanwhile: + table others_work. Rehearse once more.',
    })
  })

  it('names what cannot be rehearsed and rehearses the rest', async () => {
    const { up, verdict, changes } = await rehearseOne(
      '-- transaction: off\nalter table acct add column seen integer;\ncreate index concurrently on acct (seen)',
      '-- transaction: off\ndrop index concurrently acct_seen_idx;\nalter table acct drop column seen',
    )

    const because =
      'CREATE INDEX CONCURRENTLY cannot run inside a transaction, and a rehearsal is one that is rolled back.'
    expect([up.map(({ leftOut }) => leftOut), lines(changes), verdict]).toEqual([
      [null, because],
      ['+ column acct.seen: integer'],
      { kind: 'not proven', reason: `Line 3 was left out: ${because}` },
    ])
  })

  it('tells a value of an enum that an earlier migration adds from one added by the same', async () => {
    const add = "alter type mood add value 'glad'"
    const use = "create table moods (m mood default 'glad'); insert into moods values ('glad')"
    const apart = await rehearseAll([pairOf('1_a', add, null), pairOf('2_b', use, null)])
    const together = await rehearseAll([pairOf('1_a', `${add}; ${use}`, null)])

    expect(apart.migrations[1]?.failure?.left).toContain('Apply that one, then rehearse this one.')
    expect(together.migrations[0]?.failure?.left).toContain('It fails in a real run too')
  })

  it('tells which sequences moved', async () => {
    const { movedSequences } = await rehearseAll([pairOf('1_a', "insert into acct (owner) values ('new')", null)])

    expect(movedSequences).toEqual(['public.acct_id_seq'])
  })

  it('runs what must come first without measuring it', async () => {
    const first = pairOf('1_a', 'create table fresh ()', null)
    const { prepared, migrations } = await rehearseAll(
      [pairOf('2_b', 'alter table fresh add column x integer', 'alter table fresh drop column x')],
      { preparations: [{ name: '1_a', direction: 'apply', script: first.up }] },
    )

    expect([prepared, migrations.map(({ name, changes }) => [name, lines(changes)])]).toEqual([
      ['1_a'],
      [['2_b', ['+ column fresh.x: integer']]],
    ])
  })

  it('stops when it is cancelled, and is rolled back', async () => {
    const waiting = pairOf('1_a', 'create table fresh (); select pg_sleep(60)', null)
    const rehearsal = rehearseAll([waiting])
    const { backendPid } = session.facts
    await expect
      .poll(async () => {
        const { rows } = await database.query('select wait_event from pg_stat_activity where pid = $1', [backendPid])
        return rows[0]?.wait_event
      })
      .toBe('PgSleep')

    abort.abort()

    const { outcome, migrations } = await rehearsal

    const { rows } = await database.query("select to_regclass('fresh') as fresh")
    expect([outcome, migrations[0]?.failure?.cause.kind, rows]).toEqual(['cancelled', 'cancelled', [{ fresh: null }]])
  })

  it('gives up a lock that somebody holds after its lock_timeout', async () => {
    const holder = await openSession({
      profileId: 'profile-1' as ProfileId,
      target: database.target,
      password: database.password,
      applicationName: 'reader',
    })
    await holder.query('begin')
    await holder.query('select from acct limit 1')

    const { migrations } = await rehearseAll([pairOf('1_a', 'alter table acct add column x integer', null)], {
      lockTimeout: '50ms',
    })

    await holder.end()
    expect(migrations[0]?.failure?.cause).toMatchObject({ kind: 'postgres', code: '55P03' })
  })

  it('runs the data lines of a COPY', async () => {
    const { up, verdict } = await rehearseOne(
      'create table fresh (x integer);\ncopy fresh from stdin;\n1\n2\n\\.\n',
      'drop table fresh',
    )

    expect([up.map(({ rows }) => rows), verdict]).toEqual([[null, 2], { kind: 'identical' }])
  })

  it('undoes role and settings that a file leaves behind before the next one', async () => {
    const { migrations } = await rehearseAll([
      pairOf('1_a', "set search_path = ''; create table public.fresh ()", 'drop table fresh'),
      pairOf('2_b', 'create table other ()', 'drop table other'),
    ])

    expect(migrations.map(({ verdict, failure }) => [verdict, failure])).toEqual([
      [{ kind: 'identical' }, null],
      [{ kind: 'identical' }, null],
    ])
  })
})
