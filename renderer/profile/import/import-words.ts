import type { Finding, ImportReading } from '../../../contract/import'

/** Where findings came from: the file's name, or what kind of text was pasted. */
export function sourceWords({ fileName, format }: Pick<ImportReading, 'fileName' | 'format'>): string {
  if (fileName === '') return format === 'text' ? 'Pasted text' : `Pasted text, read as ${format}`
  const isSame = fileName.toLowerCase() === format.toLowerCase()
  return isSame || format === 'text' ? fileName : `${fileName}, read as ${format}`
}

/** One part of where a finding leads; `assumed` parts are not in the source, `missing` ones nowhere. */
export interface AddressPart {
  readonly text: string
  readonly state: 'said' | 'assumed' | 'missing'
}

/** `role@host:port/database`, part by part. */
export function addressParts({ target, assumed }: Pick<Finding, 'target' | 'assumed'>): AddressPart[] {
  const part = (
    name: 'host' | 'port' | 'database' | 'role',
    show: (value: string) => string = (value) => value,
  ): AddressPart => {
    const value = target[name]
    if (value === undefined) return { text: show(`${name}?`), state: 'missing' }
    return { text: show(String(value)), state: assumed.includes(name) ? 'assumed' : 'said' }
  }
  const isSocket = target.host?.startsWith('/') === true
  return [
    part('role'),
    { text: '@', state: 'said' },
    part('host', (host) => (host.includes(':') ? `[${host}]` : host)),
    ...(isSocket ? [] : [part('port', (port) => `:${port}`)]),
    part('database', (database) => (isSocket ? ` ${database}` : `/${database}`)),
  ]
}

/** TLS, tunnel and settings of a finding in a few words each; what is usual is left out. */
export function detailWords({ target, assumed, settings, folder }: Finding): string[] {
  const { tlsMode, tunnel = [], rootCertificate, clientCertificate, clientKey, revocationList } = target
  const isSocket = target.host?.startsWith('/') === true
  return [
    ...(tlsMode === undefined || isSocket ? [] : [`TLS ${tlsMode}${assumed.includes('tlsMode') ? ' (assumed)' : ''}`]),
    ...(typeof rootCertificate === 'string' ? [`CA ${rootCertificate}`] : []),
    ...(typeof clientCertificate === 'string' ? [`certificate ${clientCertificate}`] : []),
    ...(typeof clientKey === 'string' ? [`key ${clientKey}`] : []),
    ...(typeof revocationList === 'string' ? [`revocation list ${revocationList}`] : []),
    ...(target.tlsNegotiation === 'direct' ? ['direct TLS'] : []),
    ...(target.channelBinding === undefined ? [] : [`channel binding ${target.channelBinding}`]),
    ...(target.authenticationMethods === undefined ? [] : [`login by ${target.authenticationMethods.join(' or ')}`]),
    ...(tunnel.length === 0 ? [] : [`through SSH ${tunnel.map(hopWords).join(', then ')}`]),
    ...(settings.isReadOnly === true ? ['read-only'] : []),
    ...(settings.searchPath === undefined ? [] : [`search_path ${settings.searchPath}`]),
    ...(settings.statementTimeoutMs === undefined ? [] : [`statement timeout ${settings.statementTimeoutMs} ms`]),
    ...(settings.lockTimeoutMs === undefined ? [] : [`lock timeout ${settings.lockTimeoutMs} ms`]),
    ...(settings.roleToSet === undefined ? [] : [`SET ROLE ${settings.roleToSet}`]),
    ...(settings.keepaliveSeconds === undefined ? [] : [`keepalive ${settings.keepaliveSeconds} s`]),
    ...(folder === '' ? [] : [`folder ${folder}`]),
  ]
}

/** What was found of secrets: never a part of one. */
export function secretWords(secrets: Finding['secrets']): string {
  if (secrets.includes('password')) return secrets.length > 1 ? 'Password and key passphrase found' : 'Password found'
  return 'Key passphrase found'
}

/** What keeps a finding from being saved as it is; empty when nothing does. */
export function missingWords(missing: Finding['missing']): string {
  if (missing.length === 0) return ''
  const [last, ...others] = [...missing].reverse()
  return others.length === 0 ? `No ${last} is named` : `No ${others.reverse().join(', ')} and ${last} are named`
}

function hopWords(hop: NonNullable<Finding['target']['tunnel']>[number]): string {
  const { user, host, port, authentication, keyFile } = hop
  const how = keyFile === null ? authentication : `key ${keyFile}`
  return `${user === null ? '' : `${user}@`}${host}${port === null || port === 22 ? '' : `:${port}`} (${how})`
}
