import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeRelation } from '../../../electron/engine/catalog/describe-relation'
import { catalogFingerprint, prepareCatalogSession, readCatalog } from '../../../electron/engine/catalog/read-catalog'
import { typeNames } from '../../../electron/engine/catalog/type-names'
import type { Session } from '../../../electron/engine/session/session'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { TRAPS } from '../../support/traps'
import { openUnpreparedSession } from './open-catalog-session'

let database: TestDatabase
let session: Session

beforeAll(async () => {
  database = await createDatabase()
  await database.query(TRAPS)
  await database.query('CREATE TABLE public.victim (id int PRIMARY KEY, other int REFERENCES public.victim)')
  session = await openUnpreparedSession(database)
})
afterAll(async () => {
  await session.end()
  await database.drop()
})

const sprung = async (): Promise<boolean> =>
  (await database.query('SELECT is_called FROM trap.canary')).rows[0].is_called

describe('catalog questions in a database full of traps', () => {
  it('spring none even with the traps before pg_catalog in search_path', async () => {
    await session.query(`SELECT pg_catalog.set_config('search_path', 'trap, pg_catalog', false)`)

    const catalog = await readCatalog(session)
    const victim = catalog.schemas.flatMap(({ relations }) => relations).find(({ name }) => name === 'victim')
    await describeRelation(session, victim?.oid ?? 0)
    await catalogFingerprint(session)
    await typeNames(session, [{ oid: 23, typmod: -1 }])
    await prepareCatalogSession(session)

    expect(await sprung()).toBe(false)
  })

  it('are tested with traps that do spring', async () => {
    await session.query(`SELECT pg_catalog.set_config('search_path', 'trap, pg_catalog', false)`)

    await session.query(`SELECT starts_with('a'::pg_catalog.text, 'b'::pg_catalog.text), 1 = 1`)

    expect(await sprung()).toBe(true)
  })
})
