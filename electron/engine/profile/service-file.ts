import { asByteText, asText, userFile } from './user-file'

/** One line of a service, as it stands. */
export interface ServiceValue {
  readonly key: string
  readonly value: string
  readonly line: number
}

/** A service of libpq's connection service file. */
export interface Service {
  readonly name: string
  readonly line: number
  /** The first value of each key: libpq lets it win over later ones. */
  readonly values: readonly ServiceValue[]
  /** Why libpq refuses the service; null when it does not. */
  readonly error: { readonly line: number; readonly message: string } | null
}

/** Longest line that libpq reads, its end included. */
const LINE_BYTES = 1022
const MAX_SERVICES = 300

/** libpq's parameter key words. Source: PostgreSQL documentation, "Parameter Key Words". */
const KEYWORDS: ReadonlySet<string> = new Set(
  `host hostaddr port dbname user password passfile require_auth channel_binding connect_timeout client_encoding options
  application_name fallback_application_name keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout
  replication gssencmode sslmode requiressl sslnegotiation sslcompression sslcert sslkey sslkeylogfile sslpassword sslcertmode
  sslrootcert sslcrl sslcrldir sslsni requirepeer ssl_min_protocol_version ssl_max_protocol_version min_protocol_version
  max_protocol_version krbsrvname gsslib gssdelegation scram_client_key scram_server_key target_session_attrs
  load_balance_hosts oauth_issuer oauth_client_id oauth_client_secret oauth_scope`.split(/\s+/),
)

/**
 * Where libpq looks for services: the user's file, then the one of the system, whose folder is set when libpq is built. PGSERVICEFILE and
 * PGSYSCONFDIR are not heard of, because no variable of libpq's reaches a connection.
 */
export function serviceFiles(): readonly string[] {
  const own = userFile('.pg_service.conf')
  if (process.platform === 'win32') return [own]
  const folders = ['/etc/postgresql-common', '/etc/sysconfig/pgsql', '/usr/local/etc/postgresql', '/etc']
  return [own, ...folders.map((folder) => `${folder}/pg_service.conf`)]
}

/**
 * The services of a service file as libpq reads them: spaces at both ends of a line do not count, those around `=` do, the first service
 * of a name and the first value of a key win. Nothing is expanded, followed or connected to. Source: PostgreSQL, `parseServiceFile`, and
 * "The Connection Service File".
 */
export function parseServiceFile(text: string): readonly Service[] {
  const lines = asByteText(text).split('\n')
  const names = new Set<string>()
  for (const line of lines) {
    const name = /^[ \t\v\f\r]*\[([^\]]+)\]/.exec(line)?.[1]
    if (name !== undefined && names.size < MAX_SERVICES) names.add(name)
  }
  return [...names].map((name) => parseService(lines, name))
}

/** The first section of that name, up to the next one; every line before it counts, because libpq reads them all. */
function parseService(lines: readonly string[], name: string): Service {
  const values = new Map<string, ServiceValue>()
  let begun = 0
  const result = (error: Service['error'] = null): Service => ({
    name: asText(name),
    line: begun,
    values: [...values.values()],
    error,
  })
  for (const [index, whole] of lines.entries()) {
    const line = index + 1
    const isLast = line === lines.length
    if (whole.length + (isLast ? 0 : 1) > LINE_BYTES)
      return result({ line, message: 'The line is longer than libpq reads.' })
    const words = whole.replace(/^[ \t\v\f\r]+|[ \t\v\f\r]+$/g, '')
    if (words === '' || words.startsWith('#')) continue
    if (words.startsWith('[')) {
      if (begun > 0) break
      if (words.startsWith(`[${name}]`)) begun = line
      continue
    }
    if (begun === 0) continue
    if (words.startsWith('ldap')) return result({ line, message: 'It asks an LDAP server, which Strata does not.' })
    const equals = words.indexOf('=')
    if (equals < 0) return result({ line, message: 'The line has no "=".' })
    const key = words.slice(0, equals)
    if (key === 'service' || key === 'servicefile')
      return result({ line, message: 'It names another service, which libpq does not allow here.' })
    if (!KEYWORDS.has(key)) return result({ line, message: `"${asText(key).slice(0, 60)}" is no key word of libpq.` })
    if (!values.has(key)) values.set(key, { key, value: asText(words.slice(equals + 1)), line })
  }
  return result()
}
