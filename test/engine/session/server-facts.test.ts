import { describe, expect, it } from 'vitest'
import { askServer, NOT_ASKED, type ServerAnswers, serverFactsOf } from '../../../electron/engine/session/server-facts'

const factsOf = (reported: Readonly<Record<string, string>>, answers: Partial<ServerAnswers> = {}, backendPid = 7) =>
  serverFactsOf(new Map(Object.entries(reported)), { ...NOT_ASKED, ...answers }, backendPid)

/** What servers report as server_version, and what they answer to version(), by their documentation. */
const PRODUCTS: readonly (readonly [product: string, kind: string, serverVersion: string, version: string | null])[] = [
  ['PostgreSQL 18.4', 'postgresql', '18.4', 'PostgreSQL 18.4 on x86_64-pc-linux-gnu, compiled by gcc, 64-bit'],
  [
    'PostgreSQL 15.8',
    'postgresql',
    '15.8 (Debian 15.8-0+deb12u1)',
    'PostgreSQL 15.8 (Debian 15.8-0+deb12u1) on x86_64',
  ],
  ['PostgreSQL 15.4', 'postgresql', '15.4', 'EnterpriseDB Advanced Server 15.4.0 on x86_64'],
  ['PostgreSQL 14.9', 'postgresql', '14.9', null],
  [
    'CockroachDB 23.2.1',
    'cockroachdb',
    '13.0.0',
    'CockroachDB CCL v23.2.1 (x86_64-pc-linux-gnu, built 2024/01/31 17:54:38, go1.21.5)',
  ],
  [
    'YugabyteDB 2.20.1.3',
    'yugabytedb',
    '11.2-YB-2.20.1.3-b0',
    'PostgreSQL 11.2-YB-2.20.1.3-b0 on x86_64-pc-linux-gnu, compiled by clang version 16.0.6, 64-bit',
  ],
  [
    'Amazon Redshift 1.0.12103',
    'redshift',
    '8.0.2',
    'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.12103',
  ],
  [
    'Greenplum Database 7.1.0',
    'other',
    '12.12',
    'PostgreSQL 12.12 (Greenplum Database 7.1.0 build commit:e7c2b1f) on x86_64-pc-linux-gnu',
  ],
  ['Materialize 0.130.1', 'other', '9.5.0', 'PostgreSQL 9.5 on x86_64-unknown-linux-gnu (Materialize v0.130.1)'],
  ['RisingWave 1.7.0', 'other', '13.14.0', 'PostgreSQL 13.14.0-RisingWave-1.7.0 (db47d3a)'],
  ['Something else 3', 'other', '9.6', 'Something\nelse 3'],
]

describe('what a server is', () => {
  it.each(PRODUCTS)('is read from its own words: %s', (product, kind, serverVersion, version) => {
    const facts = factsOf({ server_version: serverVersion }, { version })

    expect(facts).toEqual({ kind, product, isStandby: false, isReadOnly: false, isPooled: false })
  })

  it('is CockroachDB where it only reports its version', () => {
    expect(factsOf({ server_version: '13.0.0', crdb_version: 'CockroachDB CCL v24.1.0 (linux)' })).toMatchObject({
      kind: 'cockroachdb',
      product: 'CockroachDB 24.1.0',
    })
  })

  it('is PostgreSQL with Citus where that extension is installed', () => {
    const facts = factsOf({ server_version: '16.2' }, { version: 'PostgreSQL 16.2 on x86_64', citus: '12.1-1' })

    expect(facts).toMatchObject({ kind: 'citus', product: 'PostgreSQL 16.2 with Citus 12.1-1' })
  })

  it('is what it reports now, whatever it answered before', () => {
    const promoted = factsOf({ in_hot_standby: 'off' }, { isInRecovery: true, isReadOnly: true })
    const closed = factsOf({ in_hot_standby: 'off', default_transaction_read_only: 'on' }, { isReadOnly: false })

    expect([promoted.isStandby, promoted.isReadOnly, closed.isReadOnly]).toEqual([false, true, true])
  })

  it('is pooled when it knows the session by another process id than the login gave', () => {
    const same = factsOf({}, { serverPid: '4294967295' }, -1)

    expect([factsOf({}, { serverPid: '7' }).isPooled, factsOf({}, { serverPid: '8' }).isPooled, same.isPooled]).toEqual(
      [false, true, false],
    )
  })

  it('is asked part by part where it lacks one of them', async () => {
    const asked: string[] = []
    const answers = await askServer(
      async (sql) => {
        asked.push(sql)
        if (/pg_is_in_recovery|pg_extension/.test(sql)) throw new Error('unknown function')
        return [sql.includes('version()') ? 'PostgreSQL 8.0.2, Redshift 1.0.1' : '7']
      },
      () => true,
    )

    expect(asked).toHaveLength(6)
    expect(answers).toEqual({
      serverPid: '7',
      version: 'PostgreSQL 8.0.2, Redshift 1.0.1',
      isInRecovery: null,
      isReadOnly: false,
      citus: null,
    })
  })

  it('is not asked any further once the session is gone', async () => {
    let asked = 0
    const answers = askServer(
      async () => {
        asked += 1
        throw new Error('lost')
      },
      () => false,
    )

    await expect(answers).rejects.toThrow('lost')
    expect(asked).toBe(1)
  })
})
