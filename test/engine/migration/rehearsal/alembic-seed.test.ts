import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../../contract/profile'
import { readSnapshot } from '../../../../electron/engine/migration/snapshot/read-snapshot'
import { openSession } from '../../../../electron/engine/session/connect'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'
import { rehearseIn } from '../../../support/heard-rehearsal'
import { createProject, type Project } from '../../../support/migration-project'

const CREATE = `create table users (telegram_id bigint primary key, full_name varchar(255) not null, username varchar(255),
    language_code varchar(255) not null, created_at timestamp default now(),
    referrer_id bigint, foreign key (referrer_id) references users (telegram_id) on delete set null);
  create table orders (order_id serial primary key, user_id bigint not null, created_at timestamp default now(),
    foreign key (user_id) references users (telegram_id) on delete cascade);
  create table products (product_id serial primary key, title varchar(255) not null, description text, created_at timestamp default now());
  create table order_products (order_id integer not null, product_id integer not null, quantity integer not null,
    foreign key (order_id) references orders (order_id) on delete cascade,
    foreign key (product_id) references products (product_id) on delete restrict)`

describe('the shop of the Alembic tutorial as migrations', () => {
  let database: TestDatabase
  let project: Project
  beforeAll(async () => {
    database = await createDatabase()
    project = await createProject(database)
    await project.add(
      '1_tables',
      CREATE,
      'drop table order_products; drop table products; drop table orders; drop table users',
    )
    await project.add(
      '2_types',
      'alter table users alter language_code type varchar(10); alter table products alter description type varchar(3000)',
      'alter table products alter description type text; alter table users alter language_code type varchar(255)',
    )
    await project.add(
      '3_phone',
      'alter table users add column phone_number varchar(50)',
      'alter table users drop column phone_number',
    )
  })
  afterAll(async () => {
    await project.remove()
    await database.drop()
  })

  const checksum = async () => {
    const { target, password } = database
    const session = await openSession({ profileId: 'p' as ProfileId, target, password, applicationName: 'Strata' })
    return readSnapshot(session)
      .then((snapshot) => snapshot.checksum)
      .finally(() => session.end())
  }

  it('is after all were rolled back what it was before any was applied', async () => {
    const empty = await checksum()
    await project.act({ kind: 'apply next' })
    const one = await checksum()
    await project.act({ kind: 'roll back last' })
    const back = await checksum()
    await project.act({ kind: 'apply all' })
    const all = await checksum()
    await project.act({ kind: 'roll back all' })

    expect([back === empty, one === empty, all === one, (await checksum()) === empty]).toEqual([
      true,
      false,
      false,
      true,
    ])
  })

  it('is proven in a rehearsal before any of it is applied', async () => {
    const { migrations } = await rehearseIn(project)

    expect(migrations.map(({ name, verdict }) => [name, verdict.kind])).toEqual([
      ['1_tables', 'identical'],
      ['2_types', 'identical'],
      ['3_phone', 'identical'],
    ])
  })
})
