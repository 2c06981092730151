import { appendFile, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { asServerUser, runProgram } from '../../electron/engine/server/run-program'
import { findServerPrograms } from '../../electron/engine/server/server-programs'
import { type Cluster, type ClusterFacts, freePort, serverBinaries, startCluster } from './cluster'
import { asSuperuser } from './database-on'

/** A primary, and a standby that follows it over streaming replication. */
export interface Replication {
  readonly primary: ClusterFacts
  readonly standby: ClusterFacts
  /** Resolves when the standby has everything that was committed on the primary. */
  caughtUp(): Promise<void>
  /** Makes the standby a primary of its own; resolves when it takes writes. */
  promote(): Promise<void>
  stop(): Promise<void>
}

/** Starts both. The standby begins as a copy of the stopped primary, which is a valid base: the npm packages have no pg_basebackup. */
export async function startReplication(): Promise<Replication> {
  const cluster = await startCluster({ wal_level: 'replica', max_wal_senders: '4', synchronous_commit: 'on' })
  const folder = await mkdtemp(join(tmpdir(), 'strata-standby-'))
  try {
    return await followed(cluster, folder)
  } catch (error) {
    await cluster.stop()
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function followed(cluster: Cluster, folder: string): Promise<Replication> {
  const programs = await findServerPrograms(serverBinaries())
  await chmod(folder, 0o777) // the server may run as another user
  const data = join(folder, 'data')
  const run = async (file: string, parameters: readonly string[]) => {
    const end = await runProgram(asServerUser(file, parameters), { cwd: folder })
    if (end.code !== 0) throw new Error(`${file} failed:\n${end.output}`)
  }
  const { host, superuser } = cluster.facts
  await cluster.crash(async (original) => {
    await appendFile(join(original, 'pg_hba.conf'), 'host replication all 127.0.0.1/32 trust\n')
    await run('cp', ['-a', original, data])
  })
  await rm(join(data, 'postmaster.pid'), { force: true })
  await writeFile(join(data, 'standby.signal'), '')
  const source = `host=${host} port=${cluster.facts.port} user=${superuser.role}`
  await appendFile(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`)
  const port = await freePort()
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: 200 }
  const further = { max_prepared_transactions: 4, fsync: 'off', hot_standby: 'on', max_wal_senders: 4 }
  const options = Object.entries({ ...settings, ...further }).map(([name, value]) => `-c ${name}='${value}'`)
  const log = join(folder, 'log')
  await run(programs.pgCtl, ['-D', data, '-o', options.join(' '), '-l', log, '-w', 'start'])
  const standby = { ...cluster.facts, port, socketFolder: '', logFile: log }
  return {
    primary: cluster.facts,
    standby,
    caughtUp: async () => {
      const [{ at }] = (
        await asSuperuser(cluster.facts, 'postgres', (client) => client.query('select pg_current_wal_lsn() as at'))
      ).rows
      const has = 'select pg_last_wal_replay_lsn() >= $1::pg_lsn as has'
      for (;;) {
        const { rows } = await asSuperuser(standby, 'postgres', (client) => client.query(has, [at]))
        if (rows[0].has === true) return
        await pause(10)
      }
    },
    promote: () => run(programs.pgCtl, ['-D', data, '-w', 'promote']),
    stop: async () => {
      await run(programs.pgCtl, ['-D', data, '-m', 'immediate', '-w', 'stop']).catch(() => {})
      await cluster.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
