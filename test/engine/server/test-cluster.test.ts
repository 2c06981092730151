import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'

const cluster = inject('cluster')
let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase('app')
})
afterAll(() => database.drop())

async function login(options: pg.ClientConfig): Promise<string> {
  const defaults = { host: cluster.host, port: cluster.port, database: database.name }
  const client = new pg.Client({ ...defaults, ...options })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(
      "SELECT current_user || ' ' || CASE WHEN ssl THEN 'tls' ELSE 'plain' END AS login FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    )
    return rows[0].login
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  } finally {
    await client.end()
  }
}

const { app, tlsOnly, plainOnly, trusted, md5, clearText } = cluster.roles
const as = ({ role, password }: { role: string; password: string }) => ({ user: role, password })
const root = readFileSync(cluster.tls.rootCertificate, 'utf8')
const unrelated = readFileSync(cluster.tls.unrelatedCertificate, 'utf8')

describe('test cluster', () => {
  it.each([
    ['app', { ...as(app) }, 'app plain'],
    ['app with a wrong password', { user: app.role, password: 'wrong' }, '28P01'],
    ['app over the socket', { ...as(app), host: cluster.socketFolder }, 'app plain'],
    [
      'app over the socket with a wrong password',
      { user: 'app', password: 'wrong', host: cluster.socketFolder },
      '28P01',
    ],
    ['app with TLS', { ...as(app), host: 'localhost', ssl: { ca: root } }, 'app tls'],
    [
      'app with an unrelated authority',
      { ...as(app), host: 'localhost', ssl: { ca: unrelated } },
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    ['app by an address the certificate lacks', { ...as(app), ssl: { ca: root } }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['the TLS role without TLS', { ...as(tlsOnly) }, '28000'],
    ['the TLS role', { ...as(tlsOnly), host: 'localhost', ssl: { ca: root } }, 'tls_only tls'],
    ['the plain role with TLS', { ...as(plainOnly), host: 'localhost', ssl: { ca: root } }, '28000'],
    ['the plain role', { ...as(plainOnly) }, 'plain_only plain'],
    ['the trusted role', { user: trusted.role }, 'trusted plain'],
    ['the MD5 role', { ...as(md5) }, 'md5_only plain'],
    ['the clear text role', { ...as(clearText) }, 'clear_text plain'],
  ] as const)('answers %s', async (_, options, outcome) => {
    const answer = await login(options)

    expect(answer).toBe(outcome)
  })

  it('gives each file a database of its own, which the role owns', async () => {
    const { rows } = await database.query(
      'SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1',
      [database.name],
    )

    expect(rows).toEqual([{ owner: 'app' }])
  })
})
