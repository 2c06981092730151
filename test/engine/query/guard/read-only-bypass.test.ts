import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '../../../../electron/engine/session/session'
import { openTestSession, runScript } from '../../../support/builders'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'
import { BYPASSES, SHOP } from './bypass-strings'

let database: TestDatabase
let watcher: Session
beforeAll(async () => {
  database = await createDatabase('app')
  watcher = await openTestSession(database)
  for (const text of SHOP) await watcher.query(text)
})
afterAll(async () => {
  await watcher.end()
  const { rows } = await database.query('select gid from pg_prepared_xacts where database = current_database()')
  for (const { gid } of rows) await database.query(`rollback prepared '${gid}'`)
  await database.drop()
})

/** Everything that is kept in the database: rows, definitions, rights, comments, sequences, large objects, settings and roles. */
const HELD = `select md5(string_agg(part, E'\\n' order by part)) from (
  select 'item ' || items::text from items
  union all select 'other ' || other::text from other
  union all select 'total ' || totals::text from totals
  union all select 'sequence ' || (last_value, is_called)::text from numbers
  union all select 'relation ' || (oid, relname, relnamespace, relkind, relowner, relacl, relpersistence, relnatts, relhasindex, relhastriggers)::text from pg_class where oid >= 16384
  union all select 'column ' || (attrelid, attname, atttypid, attisdropped)::text from pg_attribute where attrelid >= 16384
  union all select 'function ' || (oid, proname, proacl, prosrc)::text from pg_proc where oid >= 16384
  union all select 'type ' || (oid, typname, typacl)::text from pg_type where oid >= 16384
  union all select 'label ' || e::text from pg_enum e
  union all select 'schema ' || n::text from pg_namespace n
  union all select 'trigger ' || (oid, tgname, tgenabled)::text from pg_trigger
  union all select 'comment ' || d::text from pg_description d where objoid >= 16384
  union all select 'default right ' || d::text from pg_default_acl d
  union all select 'large object ' || (oid, lomowner)::text from pg_largeobject_metadata
  union all select 'setting ' || s::text from pg_db_role_setting s where setrole = 'app'::regrole or setdatabase = (select oid from pg_database where datname = current_database())
  union all select 'role ' || rolname from pg_roles where rolname in ('app', 'sneaked')
) held (part)`

async function held(): Promise<unknown> {
  return (await watcher.query(HELD)).rows[0]
}

/** The tries behind which the database holds something else than before. */
async function changesOf(scripts: readonly string[], isReadOnly: boolean, commitMode: 'auto' | 'manual') {
  const changed: string[] = []
  let before = await held()
  for (const script of scripts) {
    const session = await openTestSession(database)
    await session.learnServer()
    await runScript(session, script, { isReadOnly, onFailure: 'continue', commitMode })
    await runScript(session, 'commit', { isReadOnly })
    await session.end()
    const after = await held()
    if (JSON.stringify(after) !== JSON.stringify(before)) changed.push(script)
    before = after
  }
  return changed
}

describe('a read-only connection', () => {
  it.each(['auto', 'manual'] as const)(
    'lets none of its bypasses change anything, in %s commit',
    async (commitMode) => {
      const changed = await changesOf(BYPASSES, true, commitMode)

      expect({ tried: BYPASSES.length >= 80, changed }).toEqual({ tried: true, changed: [] })
    },
  )

  it('has a test that can fail: without it the same strings do change things', async () => {
    const changed = await changesOf(['delete from items where id = 20', 'create table sneaked (id int)'], false, 'auto')

    expect(changed).toHaveLength(2)
  })
})
