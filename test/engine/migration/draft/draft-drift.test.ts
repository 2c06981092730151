import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrationDraft } from '../../../../contract/draft'
import { draftDrift } from '../../../../electron/engine/migration/draft/draft-drift'
import { rehearseDraft } from '../../../../electron/engine/migration/draft/rehearse-draft'
import { readSnapshot } from '../../../../electron/engine/migration/snapshot/read-snapshot'
import { openSession } from '../../../../electron/engine/session/connect'
import type { Session } from '../../../../electron/engine/session/session'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'
import { createProject, type Project } from '../../../support/migration-project'

const ALL = { kind: 'apply all' } as const
const BASE = `create schema shop;
create table shop.city (id int primary key, name text not null default 'x', old text);
create table shop.gone (id int);
create index gone_id on shop.gone (id);
create index city_old on shop.city (old);
create view shop.v as select id, name from shop.city;
create function shop.f(i int) returns int language sql as 'select 1';
comment on table shop.city is 'towns'`

const BY_HAND = `alter table shop.city add column population bigint default 0 not null;
alter table shop.city add constraint big check (population >= 0);
alter table shop.city alter column name drop default, alter column name type varchar(80), alter column name drop not null;
create index city_population on shop.city (population);
create type shop.mood as enum ('ok');
create domain shop.word as text check (value <> '');
create sequence shop.counter increment by 3;
create table shop.street (id serial primary key, city int references shop.city, mood shop.mood);
comment on column shop.street.mood is 'how it is';
create trigger stamp before update on shop.street for each row execute function suppress_redundant_updates_trigger();
alter table shop.street enable row level security;
create policy own on shop.street using (id > 0);
create view shop.w as select * from shop.street;
create or replace function shop.f(i int) returns int language sql as 'select 2';
create schema extra;
comment on table shop.city is 'cities';
drop index shop.city_old`

describe('a migration from what was changed by hand', () => {
  let database: TestDatabase
  let other: TestDatabase
  let project: Project
  let session: Session

  beforeEach(async () => {
    database = await createDatabase()
    other = await createDatabase()
    project = await createProject(database)
    await project.add('1_base', BASE, 'drop schema shop cascade')
    await project.act(ALL)
    session = await sessionOf(database)
  })
  afterEach(async () => {
    await session.end()
    await project.remove()
    await database.drop()
    await other.drop()
  })

  const sessionOf = ({ target, password }: TestDatabase) =>
    openSession({ profileId: project.profileId, target, password, applicationName: 'test' })

  it('brings another database to the same schema, and is proven to go back', async () => {
    await database.query(BY_HAND.replace('alter column name type varchar(80), ', ''))
    const draft = migrationDraft.parse(await draftDrift(session))

    const { migration } = await rehearseDraft(session, draft, new AbortController().signal)
    await other.query(BASE)
    await other.query(draft.up)
    const there = await sessionOf(other)
    const { checksum } = await readSnapshot(there)
    await there.end()

    expect({ ...draft, verdict: migration?.verdict, failure: migration?.failure }).toEqual({
      ...draft,
      verdict: { kind: 'identical' },
      failure: null,
    })
    expect(draft.statements.filter(({ inverse }) => inverse !== 'exact')).toEqual([])
    expect(checksum).toBe((await readSnapshot(session)).checksum)
  })

  it('asks whether a column that is gone beside a new one was renamed', async () => {
    await database.query('alter table shop.city rename column old to older')
    const { up, statements } = await draftDrift(session)

    expect(up).toContain('alter table shop.city drop column old;')
    expect(statements[0]).toMatchObject({
      inverse: 'lossy',
      remark:
        'Column shop.city.old was dropped: where this runs, its values are lost. If it became shop.city.older, write ALTER TABLE … RENAME COLUMN in place of both.',
    })
  })

  it('names what it cannot write', async () => {
    await database.query('drop table shop.gone; alter table shop.city set (fillfactor = 50)')
    const { up, down, statements } = await draftDrift(session)

    expect(down).toBeNull()
    expect(up.split('\n').filter((line) => line !== '')).toEqual(statements.map(({ remark }) => `-- ${remark}`))
    expect(statements.map(({ remark }) => remark)).toEqual([
      'table shop.gone was dropped: Strata cannot write that as SQL. Add it by hand.',
      'table shop.city was changed: Strata cannot write that as SQL. Add it by hand.',
    ])
  })
})
