import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { typeNames } from '../../../electron/engine/catalog/type-names'
import type { Session } from '../../../electron/engine/session/session'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { openCatalogSession } from './open-catalog-session'

let database: TestDatabase
let session: Session

beforeAll(async () => {
  database = await createDatabase()
  session = await openCatalogSession(database)
})
afterAll(async () => {
  await session.end()
  await database.drop()
})

describe('type names', () => {
  it('come in the order asked, with type modifiers and schemas', async () => {
    await database.query(`CREATE SCHEMA shop; CREATE TYPE shop."order status" AS ENUM ('open')`)
    const { rows } = await database.query(`SELECT 'shop."order status"'::regtype::oid AS oid`)

    const names = await typeNames(session, [
      { oid: 1700, typmod: (12 << 16) + 2 + 4 },
      { oid: 23, typmod: -1 },
      { oid: rows[0].oid, typmod: -1 },
      { oid: 23, typmod: -1 },
      { oid: 1009, typmod: -1 },
      { oid: 705, typmod: -1 },
    ])

    expect(names).toEqual(['numeric(12,2)', 'integer', 'shop."order status"', 'integer', 'text[]', 'unknown'])
  })

  it('are ??? for a type that does not exist', async () => {
    expect(await typeNames(session, [{ oid: 4_294_967_295, typmod: -1 }])).toEqual(['???'])
  })

  it('of no types need no server', async () => {
    const ended = await openCatalogSession(database)
    await ended.end()

    expect(await typeNames(ended, [])).toEqual([])
  })
})
