import { spawn } from 'node:child_process'
import type { Target } from '../../contract/profile'

const PSQL = '/usr/bin/psql'

/** What psql is to connect with. */
export interface PsqlAttempt {
  readonly target: Target
  readonly password: string
  /** Passphrase of the client key. */
  readonly passphrase?: string | undefined
  /** Where its default files lie. */
  readonly home: string
}

/** Runs a statement in psql and answers with what it printed, or with its last error. */
export function psql(
  attempt: PsqlAttempt,
  sql: string,
): Promise<{ readonly rows: string } | { readonly error: string }> {
  const { target, password, passphrase, home } = attempt
  const words: Readonly<Record<string, string | null | undefined>> = {
    host: target.host,
    // Names that nobody resolves: every server of these tests is here.
    hostaddr: target.host === '::1' ? '::1' : target.host.startsWith('/') ? null : '127.0.0.1',
    port: String(target.port),
    user: target.role,
    dbname: target.database,
    sslmode: target.tlsMode,
    sslrootcert: target.rootCertificate,
    sslcert: target.clientCertificate,
    sslkey: target.clientKey,
    sslpassword: passphrase,
    sslcrl: target.revocationList,
    channel_binding: target.channelBinding,
    gssencmode: 'disable',
    connect_timeout: '10',
  }
  const conninfo = Object.entries(words)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([name, value]) => `${name}='${value.replace(/[\\']/g, '\\$&')}'`)
    .join(' ')
  const env = { HOME: home, PGPASSWORD: password, LC_ALL: 'C', PATH: '/usr/bin:/bin' }
  return new Promise((resolve, reject) => {
    // In a session of its own, and with nothing to read: OpenSSL would ask a terminal for a passphrase.
    const child = spawn(PSQL, ['-X', '-A', '-t', '-w', '-c', sql, conninfo], {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [rows, error]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (bytes: Buffer) => rows.push(bytes))
    child.stderr.on('data', (bytes: Buffer) => error.push(bytes))
    child.on('error', reject)
    child.on('close', (code) => {
      const said = (bytes: readonly Buffer[]) => Buffer.concat(bytes).toString('utf8').trim()
      resolve(code === 0 ? { rows: said(rows) } : { error: said(error) })
    })
  })
}
