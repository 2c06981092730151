import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Target } from '../../contract/profile'
import { TARGET_DEFAULTS } from '../../contract/profile-defaults'
import type { ClusterFacts } from './cluster'

/** A database of its own for a test file. */
export interface TestDatabase {
  readonly name: string
  /** Over TCP without TLS, as the owner. */
  readonly target: Target
  readonly password: string
  /** The same database over the Unix socket. */
  readonly socketTarget: Target
  /** Runs SQL as superuser on a connection of its own, to look at what the code under test did. */
  query(text: string, values?: readonly unknown[]): Promise<pg.QueryResult>
  /** Ends whoever is connected and removes the database. */
  drop(): Promise<void>
}

/** Creates an empty database; `owner` is the superuser, or the ordinary role `app` which then owns schema `public` too. */
export async function createDatabaseOn(
  cluster: ClusterFacts,
  owner: 'postgres' | 'app' = 'postgres',
): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '').slice(0, 20)}`
  await asSuperuser(cluster, 'postgres', (client) =>
    client.query(`CREATE DATABASE ${name} OWNER ${owner} TEMPLATE template0`),
  )
  const { role, password } = owner === 'app' ? cluster.roles.app : cluster.superuser
  const target: Target = {
    ...TARGET_DEFAULTS,
    host: cluster.host,
    port: cluster.port,
    database: name,
    role,
    tlsMode: 'disable',
  }
  return {
    name,
    target,
    password,
    socketTarget: { ...target, host: cluster.socketFolder },
    query: (text, values) => asSuperuser(cluster, name, (client) => client.query(text, values && [...values])),
    drop: async () => {
      await asSuperuser(cluster, 'postgres', (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
    },
  }
}

/** Does something on a superuser's connection and ends it. */
export async function asSuperuser<T>(
  cluster: ClusterFacts,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { role, password } = cluster.superuser
  const client = new pg.Client({ host: cluster.host, port: cluster.port, user: role, password, database })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
