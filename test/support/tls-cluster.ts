import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import type { Issued } from './certificates'
import { type Cluster, startCluster } from './cluster'
import { asSuperuser } from './database-on'

/** A throwaway PostgreSQL whose certificate can be changed while it runs. */
export interface TlsCluster extends Pick<Cluster, 'facts' | 'stop'> {
  /** A folder for the test's own files; goes with the cluster. */
  readonly folder: string
  /** Shows this certificate, with those above it, to every connection from now on. */
  present(issued: Pick<Issued, 'certificate' | 'key'>, ...above: readonly string[]): Promise<void>
  /** Writes a file into the folder and answers with its path; a key is for its owner alone unless a mode is given. */
  write(name: string, text: string | Buffer, mode?: number): Promise<string>
}

/** Roles of this cluster besides those of every cluster; the password of each is the one of `app`. */
export const CERTIFICATE_ROLES = {
  /** SCRAM; refused without a certificate of the client's authority. */
  certified: 'certified',
  /** Never asked for a password; refused without a certificate with its name. */
  named: 'named',
} as const

const HBA = `hostssl   all  ${CERTIFICATE_ROLES.certified}  all  scram-sha-256 clientcert=verify-ca
hostnossl all  ${CERTIFICATE_ROLES.certified}  all  reject
hostssl   all  ${CERTIFICATE_ROLES.named}      all  cert
`

/** Starts it; `clientAuthority` is the PEM of the authority whose client certificates it accepts. */
export async function startTlsCluster(clientAuthority: string): Promise<TlsCluster> {
  const cluster = await startCluster()
  const { facts } = cluster
  const home = dirname(facts.logFile)
  const folder = join(home, 'test')
  await mkdir(folder)
  const write = async (name: string, text: string | Buffer, mode = 0o600) => {
    const path = join(folder, name)
    await writeFile(path, text)
    await chmod(path, mode)
    return path
  }
  const hba = join(home, 'data/pg_hba.conf')
  await writeFile(hba, HBA + (await readFile(hba, 'utf8')))
  const authority = join(home, 'tls/client-root.pem')
  await writeFile(authority, clientAuthority)
  await asSuperuser(facts, 'postgres', async (client) => {
    for (const role of Object.values(CERTIFICATE_ROLES))
      await client.query(`create role ${role} login password '${facts.roles.app.password}'`)
    await client.query(`alter system set ssl_ca_file = '${authority}'`)
  })
  const present: TlsCluster['present'] = async (issued, ...above) => {
    await writeFile(join(home, 'tls/server.pem'), [issued.certificate, ...above].join(''))
    await writeFile(join(home, 'tls/server.key'), issued.key)
    await asSuperuser(facts, 'postgres', (client) => client.query('select pg_reload_conf()'))
    const wanted = new X509Certificate(issued.certificate).fingerprint256
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; await pause(5))
      if ((await shownBy(facts.port)) === wanted) return
    throw new Error('the server did not take the new certificate')
  }
  return { facts, stop: cluster.stop, folder, present, write }
}

/** SHA-256 fingerprint of the certificate that the server shows now. */
async function shownBy(port: number): Promise<string | undefined> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))
  await once(socket, 'data')
  const stream = connectTls({ socket, rejectUnauthorized: false })
  await once(stream, 'secureConnect')
  const shown = stream.getPeerX509Certificate()?.fingerprint256
  stream.destroy()
  return shown
}
