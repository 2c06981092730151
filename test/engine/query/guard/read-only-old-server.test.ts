import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '../../../../electron/engine/session/session'
import { openTestSession, runScript } from '../../../support/builders'
import type { TestDatabase } from '../../../support/database-on'
import { type SystemCluster, startSystemCluster, systemPrograms } from '../../../support/system-cluster'

const programs = systemPrograms()
/** Through these a server before 16 lets writes into a READ ONLY transaction by itself. */
const LOOSE = [
  "do $$ begin execute 'reset transaction_read_only'; delete from items; end $$",
  "do $$ begin execute 'reset transaction_read_only'; delete from items; execute 'set transaction_read_only = on'; end $$",
  "begin; do $$ begin execute 'reset transaction_read_only'; delete from items; end $$; commit",
  'reset transaction_read_only; delete from items',
  'begin; reset transaction_read_only; delete from items; commit',
  'select lo_create(4711)',
  "begin; select lo_from_bytea(4712, 'x'); commit",
]

describe.skipIf(programs === null)('a read-only connection to the PostgreSQL of the system', () => {
  let cluster: SystemCluster
  let database: TestDatabase
  let session: Session
  beforeAll(async () => {
    cluster = await startSystemCluster(programs ?? '')
    database = await cluster.createDatabase('shop')
    session = await openTestSession(database)
    await session.query('create role plain login')
    await session.query('create table items (id int)')
    await session.query('insert into items values (1), (2)')
    await session.query('grant all on items to plain')
  })
  afterAll(async () => {
    await session.end()
    await cluster.stop()
  })

  it.each(LOOSE)('keeps what it holds behind %s', async (script) => {
    const plain = await openTestSession(database, { target: { ...database.target, role: 'plain' } })
    await plain.learnServer()

    const { channel } = await runScript(plain, script, { isReadOnly: true, onFailure: 'continue' })

    const { rows } = await session.query(
      'select (select count(*) from items), (select count(*) from pg_largeobject_metadata)',
    )
    expect([rows, channel.events.at(-1), plain.transactionStatus]).toMatchObject([
      [['2', '0']],
      { outcome: 'failed' },
      'none',
    ])
    await plain.end()
  })

  it('lets ordinary work be done', async () => {
    const { channel } = await runScript(session, 'select * from items; begin; select 1; commit; set work_mem = 128', {
      isReadOnly: true,
    })

    expect(channel.events.at(-1)).toMatchObject({ outcome: 'complete' })
  })
})
