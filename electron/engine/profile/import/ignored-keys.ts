const REASONS: ReadonlyMap<string, string> = new Map([
  ['hostaddr', 'Strata connects to the host by its name.'],
  ['host', 'It is said before, in the part that leads.'],
  ['port', 'It is said before, in the part that leads.'],
  ['dbname', 'It is said before, in the part that leads.'],
  ['user', 'It is said before, in the part that leads.'],
  ['password', 'It is said before, in the part that leads.'],
  ['connect_timeout', 'Strata has its own limit.'],
  ['application_name', 'Strata names its sessions itself.'],
  ['fallback_application_name', 'Strata names its sessions itself.'],
  ['client_encoding', 'Strata sets it itself.'],
  ['service', 'It names a service of another file, which is not read.'],
  ['servicefile', 'It names another file, which is not read.'],
  ['passfile', 'It names another file, which is not read.'],
  ['sslkeylogfile', 'It would write the keys of connections to a file.'],
  ['target_session_attrs', 'It chooses among several hosts; Strata connects to one.'],
  ['load_balance_hosts', 'It chooses among several hosts; Strata connects to one.'],
  ['gssencmode', 'GSSAPI is not supported.'],
  ['krbsrvname', 'GSSAPI is not supported.'],
  ['gsslib', 'GSSAPI is not supported.'],
  ['gssdelegation', 'GSSAPI is not supported.'],
  ['sslmode', 'It is none of the modes of libpq.'],
  ['ssl', 'It is none of the modes of libpq.'],
  ['require_auth', 'It asks for ways to log in that are not supported.'],
  ['sslcrldir', 'Only a single file of revoked certificates is supported.'],
  ['sslcompression', 'TLS compression is not supported.'],
  ['schema', 'The parameter of another driver.'],
  ['pgbouncer', 'The parameter of another driver.'],
])

/** Why a key has no effect here, in one sentence; `key=value` counts as its key. */
export function reasonFor(name: string): string {
  if (name.startsWith('options ')) return 'Server options other than timeouts, search_path and role are not taken.'
  if (name.startsWith('-')) return 'Options of psql that do not say where to connect are not taken.'
  if (/^(PG|psql)/.test(name)) return 'Not used when connecting.'
  const key = name.split('=', 1)[0] ?? ''
  return REASONS.get(key) ?? 'Not a parameter that Strata uses.'
}
