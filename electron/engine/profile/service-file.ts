import { asByteText, asText, readPlainFile, userFile } from './user-file'

/** One service of a connection service file. */
export interface Service {
  readonly name: string
  readonly file: string
  /** libpq's keywords with their values, in the order of the file; the first of each counts. May hold a password. */
  readonly settings: ReadonlyMap<string, string>
  /** Why libpq would not connect with it; null when it would. */
  readonly problem: string | null
}

/** Longest line that libpq reads, its end included. */
const LINE_BYTES = 1022

/** libpq's parameter key words. Source: PostgreSQL documentation, "Parameter Key Words". */
const KEYWORDS: ReadonlySet<string> = new Set(
  `host hostaddr port dbname user password passfile require_auth channel_binding connect_timeout client_encoding options
  application_name fallback_application_name keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout
  replication gssencmode sslmode requiressl sslnegotiation sslcompression sslcert sslkey sslkeylogfile sslpassword sslcertmode
  sslrootcert sslcrl sslcrldir sslsni requirepeer ssl_min_protocol_version ssl_max_protocol_version min_protocol_version
  max_protocol_version krbsrvname gsslib gssdelegation scram_client_key scram_server_key service target_session_attrs
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
 * Every service of those files, each name once: the one of the first file that has it, as libpq does. Nothing is expanded, followed or
 * connected to: a service that asks an LDAP server, or another service, says so as its problem.
 */
export async function readServices(files: readonly string[] = serviceFiles()): Promise<readonly Service[]> {
  const services = new Map<string, Service>()
  for (const file of files) {
    const found = await readPlainFile(file)
    if (found === null || found === 'not plain') continue
    for (const service of parseServices(found.bytes, file))
      if (!services.has(service.name)) services.set(service.name, service)
  }
  return [...services.values()]
}

/** The services of one file's content. */
export function parseServices(bytes: Uint8Array | string, file: string): readonly Service[] {
  const lines = asByteText(bytes).split('\n')
  const names = lines.flatMap((line) => /^[ \t\v\f\r]*\[([^\]]+)\]/.exec(line)?.[1] ?? [])
  return [...new Set(names)].map((name) => parseService(lines, name, file))
}

/** As libpq's `parseServiceFile`: the first section of that name, up to the next one. */
function parseService(lines: readonly string[], name: string, file: string): Service {
  const settings = new Map<string, string>()
  const result = (problem: string | null): Service => ({ name: asText(name), file, settings, problem })
  let isInside = false
  for (const [index, whole] of lines.entries()) {
    const where = `Line ${index + 1} of ${file}`
    const isLast = index === lines.length - 1
    if (whole.length + (isLast ? 0 : 1) > LINE_BYTES) return result(`${where} is too long.`)
    const line = whole.replace(/^[ \t\v\f\r]+|[ \t\v\f\r]+$/g, '')
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('[')) {
      if (isInside) break
      isInside = line.startsWith(`[${name}]`)
      continue
    }
    if (!isInside) continue
    if (line.startsWith('ldap')) return result(`${where} asks an LDAP server, which Strata does not.`)
    const equals = line.indexOf('=')
    if (equals < 0) return result(`${where} has no "=".`)
    const key = line.slice(0, equals)
    if (key === 'service') return result(`${where} names another service, which libpq does not follow.`)
    if (!KEYWORDS.has(key)) return result(`${where} begins with no key word of libpq.`)
    if (!settings.has(key)) settings.set(key, asText(line.slice(equals + 1)))
  }
  return result(null)
}
