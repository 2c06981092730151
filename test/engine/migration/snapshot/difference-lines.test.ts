import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../../contract/profile'
import {
  compareSnapshots,
  isOnlyColumnOrder,
  isSame,
} from '../../../../electron/engine/migration/snapshot/compare-snapshots'
import { differenceLines, type Telling } from '../../../../electron/engine/migration/snapshot/difference-lines'
import { readSnapshot } from '../../../../electron/engine/migration/snapshot/read-snapshot'
import { openSession } from '../../../../electron/engine/session/connect'
import type { Session } from '../../../../electron/engine/session/session'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'

const SCHEMA = `
  create table acct (id integer primary key, owner text not null, note text);
  create table employee (id serial primary key, name text not null, department text not null);
  create index employee_name on employee (name);
  create view staff as select id, name from employee;
  create function answer() returns integer language sql as 'select 42';
`

const HAPPENED: readonly (readonly [statements: string, lines: readonly string[]])[] = [
  ['select 1', []],
  ['alter table acct alter column id type bigint', ['~ column acct.id: bigint, was integer']],
  ["alter table acct alter column note set default ''", ["~ column acct.note: default ''::text"]],
  ['alter table acct alter column owner drop not null', ['~ column acct.owner: no longer not null']],
  ['alter table acct add column seen timestamptz', ['+ column acct.seen: timestamp with time zone']],
  ['alter table acct drop column note', ['- column acct.note: text']],
  ['alter table acct rename column note to remark', ['~ column acct.note is called acct.remark']],
  [
    'create table departments (id serial primary key, name text unique)',
    [
      '+ table departments',
      "+ column departments.id: integer, not null, default nextval('departments_id_seq'::regclass)",
      '+ column departments.name: text',
      '+ constraint departments.departments_name_key: UNIQUE (name)',
      '+ constraint departments.departments_pkey: PRIMARY KEY (id)',
      '+ sequence departments_id_seq: integer, owned by departments.id',
    ],
  ],
  ['alter table employee rename to employees', ['~ table employee is called employees']],
  [
    'drop index employee_name; create index employee_name on employee (name, department)',
    [
      '~ index employee_name: CREATE INDEX employee_name ON employee USING btree (name, department), was CREATE INDEX employee_name ON employee USING btree (name)',
    ],
  ],
  [
    "create or replace function answer() returns integer language sql as 'select 43'",
    ['~ function answer(): definition changed'],
  ],
  ["comment on table acct is 'Money'", ['+ comment on table acct: Money']],
  [
    'grant select on acct to public',
    [
      '~ table acct: privileges DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE to postgres; SELECT to public',
    ],
  ],
]

const LEFT: readonly (readonly [up: string, down: string, lines: readonly string[]])[] = [
  [
    'alter table employee drop column department',
    "alter table employee add column department text not null default ''",
    ["~ column employee.department: default ''::text stays"],
  ],
  ['alter table acct alter column id type bigint', 'select 1', ['~ column acct.id stays bigint, was integer']],
  ['create table fresh ()', 'select 1', ['+ table fresh stays']],
  ['drop view staff', 'select 1', ['- view staff is not restored']],
  ['alter table acct alter column owner drop not null', 'select 1', ['~ column acct.owner: not null is not restored']],
  ['alter table acct drop column note', 'alter table acct add column note text', []],
  [
    'alter table acct drop column owner',
    'alter table acct add column owner text not null',
    ['~ column order acct: id, note, owner, was id, owner, note'],
  ],
]

describe('lines of a schema difference', () => {
  let database: TestDatabase
  let session: Session
  beforeAll(async () => {
    database = await createDatabase()
    await database.query(SCHEMA)
    session = await openSession({
      profileId: 'profile-1' as ProfileId,
      target: database.target,
      password: database.password,
      applicationName: 'Strata',
    })
  })
  afterAll(async () => {
    await session.end()
    await database.drop()
  })

  const differenceAfter = async (...scripts: string[]) => {
    await session.query('begin')
    try {
      const before = await readSnapshot(session)
      for (const script of scripts) for (const text of script.split(';')) await session.query(text)
      return compareSnapshots(before, await readSnapshot(session))
    } finally {
      await session.query('rollback')
    }
  }
  const linesOf = (difference: ReturnType<typeof compareSnapshots>, telling?: Telling) =>
    differenceLines(difference, telling).map(({ sign, text }) => `${sign} ${text}`)

  it.each(HAPPENED)('after %s say what happened', async (statements, lines) => {
    expect(linesOf(await differenceAfter(statements))).toEqual(lines)
  })

  it.each(LEFT)('after %s and %s say what is left', async (up, down, lines) => {
    const difference = await differenceAfter(up, down)

    expect(linesOf(difference, 'what is left')).toEqual(lines)
    expect(isSame(difference)).toBe(lines.length === 0)
  })

  it('tell a difference in nothing but the order of columns from any other', async () => {
    const order = await differenceAfter(
      'alter table acct drop column owner',
      'alter table acct add column owner text not null',
    )
    const more = await differenceAfter('alter table acct drop column owner', 'alter table acct add column owner text')

    expect([isOnlyColumnOrder(order), isOnlyColumnOrder(more)]).toEqual([true, false])
  })
})
