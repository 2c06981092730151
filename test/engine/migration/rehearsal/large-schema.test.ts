import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../../contract/profile'
import { readScript } from '../../../../electron/engine/migration/migration-script'
import { rehearse } from '../../../../electron/engine/migration/rehearsal/rehearse'
import { readSnapshot } from '../../../../electron/engine/migration/snapshot/read-snapshot'
import { openSession } from '../../../../electron/engine/session/connect'
import type { Session } from '../../../../electron/engine/session/session'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'
import { largeSchema } from '../../../support/large-schema'

const UP = `alter table big.t1 add column extra integer not null default 5;
create table big.fresh (id integer primary key, one bigint references big.t2);
alter table big.t3 alter column name type varchar(50);
drop view big.v5`
const OPTIONS = { hasStandardStrings: true }

describe('rehearsing in a schema of 500 tables', () => {
  let database: TestDatabase
  let session: Session
  beforeAll(async () => {
    database = await createDatabase()
    await database.query(largeSchema(500))
    const { target, password } = database
    session = await openSession({ profileId: 'p' as ProfileId, target, password, applicationName: 'Strata' })
  })
  afterAll(async () => {
    await session.end()
    await database.drop()
  })

  it('names exactly what changes, locks and rewrites there, and leaves the schema as it was', async () => {
    const before = await readSnapshot(session)
    const up = readScript('1_a.up.sql', UP, 'up', OPTIONS)
    const pairs = [{ name: '1_a', up, down: null, irreversibleBecause: 'none' }]

    const { migrations } = await rehearse(session, { preparations: [], pairs, signal: new AbortController().signal })

    const after = await readSnapshot(session)
    const [only] = migrations
    expect(only?.changes.map(({ sign, text }) => `${sign} ${text}`)).toEqual([
      '+ table big.fresh',
      '+ column big.fresh.id: integer, not null',
      '+ column big.fresh.one: bigint',
      '+ constraint big.fresh.fresh_one_fkey: FOREIGN KEY (one) REFERENCES big.t2(id)',
      '+ constraint big.fresh.fresh_pkey: PRIMARY KEY (id)',
      '+ column big.t1.extra: integer, not null, default 5',
      '~ column big.t3.name: character varying(50), was text',
      '- view big.v5',
    ])
    expect(
      only?.up.map(({ locks, rewritten }) => [locks.map(({ relation, mode }) => `${relation} ${mode}`), rewritten]),
    ).toEqual([
      [['big.t1 AccessExclusive'], []],
      [['big.t2 ShareRowExclusive'], []],
      [['big.t3 AccessExclusive'], ['big.t3', 'big.t3_code_key', 'big.t3_made_idx', 'big.t3_pkey']],
      [['big.v5 AccessExclusive'], []],
    ])
    expect(after.checksum).toBe(before.checksum)
  })
})
