import { refusal } from '../../failure-error'
import { FoundConnection } from './found-connection'
import { plainText } from './plain-text'
import { isObject, isTrueAt, type JsonObject, lineOfKey, objectAt, parseJson, textAt } from './safe-json'
import { type FoundHop, takeTunnel } from './ssh-hop'

const POSTGRES = /^(postgresql|postgres|pgvector|greenplum|redshift|cockroach|yugabyte|timescale|alloydb)/i
const TYPES = { prod: 'production', test: 'staging', dev: 'development' } as const
/** More connections than anybody keeps. */
const MOST = 300
/** DBeaver's names of TLS settings, and libpq's keyword for each. */
const TLS_KEYS: ReadonlyMap<string, string> = new Map([
  ['sslMode', 'sslmode'],
  ['ssl.mode', 'sslmode'],
  ['ssl.ca.cert', 'sslrootcert'],
  ['ssl.client.cert', 'sslcert'],
  ['ssl.client.key', 'sslkey'],
  ['sslRootCert', 'sslrootcert'],
  ['clientCert', 'sslcert'],
  ['clientKey', 'sslkey'],
])
const AUTHENTICATION = { PASSWORD: 'password', PUBLIC_KEY: 'key', AGENT: 'agent' } as const

/** The PostgreSQL connections of DBeaver's `data-sources.json`. Passwords stand in another, encrypted file, which is not read. */
export function readDbeaver(text: string): FoundConnection[] {
  const root = parseJson(text)
  const connections = Object.entries(objectAt(root, 'connections'))
  if (connections.length === 0) throw refusal('file', 'The file of DBeaver holds no connections.')
  return connections.slice(0, MOST).flatMap(([id, value]) => (isObject(value) ? connectionOf(text, id, value) : []))
}

function connectionOf(text: string, id: string, value: JsonObject): FoundConnection[] {
  const configuration = objectAt(value, 'configuration')
  const url = textAt(configuration, 'url') ?? ''
  const provider = textAt(value, 'provider') ?? ''
  if (!POSTGRES.test(provider) && !url.startsWith('jdbc:postgresql:')) return []
  const line = lineOfKey(text, id)
  const name = textAt(value, 'name') ?? id
  const found = new FoundConnection(`connection ${plainText(name, 60)}`, line)
  found.name = name
  found.folder = textAt(value, 'folder') ?? ''
  found.hints.push(name, found.folder)
  const type = textAt(configuration, 'type') ?? ''
  if (Object.hasOwn(TYPES, type)) found.environment = TYPES[type as keyof typeof TYPES]
  takeAddress(found, configuration, url, line)
  takeLogin(found, configuration, line)
  takeHandlers(found, objectAt(configuration, 'handlers'), line)
  if (isTrueAt(value, 'read-only')) found.settings.isReadOnly = true
  if (found.secrets.size === 0 && isTrueAt(value, 'save-password')) {
    found.ignore('password', 'DBeaver keeps it in credentials-config.json, encrypted; that file is not read.')
  }
  return [found]
}

function takeAddress(found: FoundConnection, configuration: JsonObject, url: string, line: number | null): void {
  const parts = { host: 'host', port: 'port', database: 'dbname' } as const
  for (const [key, keyword] of Object.entries(parts)) {
    const said = textAt(configuration, key)
    if (said !== null) take(found, keyword, said, line)
  }
  // Where the parts are given, the URL only repeats them.
  if (textAt(configuration, 'host') === null && url !== '') found.takeText(url, line)
}

function takeLogin(found: FoundConnection, configuration: JsonObject, line: number | null): void {
  const model = objectAt(configuration, 'auth-properties')
  const user = textAt(configuration, 'user') ?? textAt(model, 'userName') ?? textAt(model, 'user')
  const password = textAt(configuration, 'password') ?? textAt(model, 'userPassword') ?? textAt(model, 'password')
  if (user !== null) take(found, 'user', user, line)
  if (password !== null) take(found, 'password', password, line)
  const kind = textAt(configuration, 'auth-model') ?? 'native'
  if (kind !== 'native' && kind !== 'postgres_native') {
    found.ignore(`auth-model ${kind}`, 'Strata logs in with a password; other ways of DBeaver are not taken.')
  }
  for (const command of ['bootstrap', 'events']) {
    if (Object.keys(objectAt(configuration, command)).length > 0) {
      found.ignore(command, 'Commands that DBeaver would run are not taken.')
    }
  }
}

function takeHandlers(found: FoundConnection, handlers: JsonObject, line: number | null): void {
  for (const id of Object.keys(handlers)) {
    const handler = objectAt(handlers, id)
    if (!isTrueAt(handler, 'enabled')) continue
    const properties = objectAt(handler, 'properties')
    if (id === 'ssh_tunnel') takeTunnel(found, hopsOf(handler, properties), line)
    else if (/ssl/i.test(id)) {
      for (const [key, keyword] of TLS_KEYS) {
        const said = textAt(properties, key)
        if (said !== null && said !== '') take(found, keyword, said, line)
      }
    } else if (/proxy|socks/i.test(id)) {
      delete found.target.host
      found.refuse('host', 'The connection goes through a proxy, which Strata does not support.', line)
    } else found.ignore(`handler ${id}`, 'A part of DBeaver that Strata does not know.')
  }
}

function hopsOf(handler: JsonObject, properties: JsonObject): FoundHop[] {
  // Jump servers stand before the server that forwards.
  const hops: FoundHop[] = []
  for (let at = 0; at < 4; at += 1) {
    if (isTrueAt(properties, `jumpServer${at}.enabled`)) hops.push(hopOf(properties, `jumpServer${at}.`, null))
  }
  return [...hops, hopOf(properties, '', textAt(handler, 'user'))]
}

function hopOf(properties: JsonObject, prefix: string, user: string | null): FoundHop {
  const text = (key: string) => textAt(properties, `${prefix}${key}`)
  const kind = text('authType') ?? 'PASSWORD'
  const authentication = Object.hasOwn(AUTHENTICATION, kind)
    ? AUTHENTICATION[kind as keyof typeof AUTHENTICATION]
    : 'agent'
  return {
    host: text('host'),
    port: text('port'),
    user: user ?? text('userName') ?? text('user') ?? text('name'),
    authentication,
    keyFile: authentication === 'key' ? text('keyPath') : null,
  }
}

/** DBeaver replaces `${name}` by variables of its own and of the environment; Strata replaces none. */
function take(found: FoundConnection, key: string, value: string, line: number | null): void {
  if (value.includes('${')) {
    found.refuse(key, 'The value refers to a variable that Strata does not read. Write the value itself.', line)
  } else found.take(key, value, line)
}
