import { refusal } from '../../failure-error'
import { FoundConnection } from './found-connection'
import { plainText } from './plain-text'
import { isObject, isTrueAt, type JsonObject, lineOfKey, objectAt, parseJson, textAt } from './safe-json'
import { takeTunnel } from './ssh-hop'

/** More servers than anybody keeps. */
const MOST = 300
/** pgAdmin's names, and libpq's keyword for each. Source: pgAdmin documentation, "Import/Export Servers". */
const KEYS: ReadonlyMap<string, string> = new Map([
  ['Host', 'host'],
  ['Port', 'port'],
  ['MaintenanceDB', 'dbname'],
  ['Username', 'user'],
  // Older exports have TLS beside the rest, newer ones among ConnectionParameters.
  ['SSLMode', 'sslmode'],
  ['SSLRootCert', 'sslrootcert'],
  ['SSLCert', 'sslcert'],
  ['SSLKey', 'sslkey'],
  ['SSLCrl', 'sslcrl'],
])
const UNUSED: ReadonlyMap<string, string> = new Map([
  ['PasswordExecCommand', 'It is a command that pgAdmin would run. Strata runs nothing.'],
  ['PassFile', 'It names another file, which is not read.'],
  ['Service', 'It names a service of another file, which is not read.'],
  ['HostAddr', 'Strata connects to the host by its name.'],
  ['Password', 'pgAdmin does not export passwords; this one is not taken.'],
  ['DBRestriction', 'Strata shows every database.'],
  ['PostConnectionSQL', 'SQL from a file does not become start-up SQL by itself.'],
])

/** The servers of pgAdmin's exported `servers.json`; their groups are folders. It holds no passwords. */
export function readPgAdmin(text: string): FoundConnection[] {
  const servers = Object.entries(objectAt(parseJson(text), 'Servers'))
  if (servers.length === 0) throw refusal('file', 'The file of pgAdmin holds no servers.')
  return servers.slice(0, MOST).flatMap(([id, server]) => (isObject(server) ? [serverOf(text, id, server)] : []))
}

function serverOf(text: string, id: string, server: JsonObject): FoundConnection {
  const name = textAt(server, 'Name') ?? `Server ${id}`
  const line = lineOfKey(text, name) ?? lineOfKey(text, id)
  const found = new FoundConnection(`server ${plainText(name, 60)}`, line)
  found.name = name
  const group = textAt(server, 'Group') ?? ''
  // pgAdmin's own first group says nothing.
  found.folder = group === 'Servers' ? '' : group
  found.hints.push(name, found.folder)
  for (const [key, keyword] of KEYS) takeText(found, keyword, textAt(server, key), line)
  for (const [key, value] of Object.entries(objectAt(server, 'ConnectionParameters'))) {
    if (typeof value === 'string' || typeof value === 'number') takeText(found, key, String(value), line)
    else found.ignore(key)
  }
  for (const [key, reason] of UNUSED) if ((textAt(server, key) ?? '') !== '') found.ignore(key, reason)
  if (isTrueAt(server, 'KerberosAuthentication')) found.ignore('KerberosAuthentication', 'GSSAPI is not supported.')
  if (isTrueAt(server, 'UseSSHTunnel')) {
    const isKey = isTrueAt(server, 'TunnelAuthentication')
    const hop = {
      host: textAt(server, 'TunnelHost'),
      port: textAt(server, 'TunnelPort'),
      user: textAt(server, 'TunnelUsername'),
      authentication: isKey ? ('key' as const) : ('password' as const),
      keyFile: isKey ? textAt(server, 'TunnelIdentityFile') : null,
    }
    takeTunnel(found, [hop], line)
  }
  return found
}

function takeText(found: FoundConnection, key: string, value: string | null, line: number | null): void {
  if (value === null || value === '') return
  // pgAdmin's own words for a folder of its server, and for variables.
  if (/<STORAGE_DIR>|^\$[A-Za-z_{]/.test(value)) {
    found.refuse(key, 'The value refers to something that only pgAdmin knows. Write the value itself.', line)
  } else found.take(key, value, line)
}
