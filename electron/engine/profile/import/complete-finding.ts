import type { Finding, FindingToken } from '../../../../contract/import'
import { isLocalHost, mayGoUnencrypted } from '../../../../contract/local-host'
import { hideSecrets, maskPlain } from '../../../../contract/mask-secrets'
import type { Profile } from '../../../../contract/profile'
import type { FoundConnection } from './found-connection'
import { guessEnvironment } from './guess-environment'
import { plainText } from './plain-text'

type Target = Finding['target']

/**
 * A finding for the window: what the source says, and, named as assumed, what is usual where it says nothing. A value that was named but
 * cannot be used is missing, never assumed.
 */
export function completeFinding(
  found: FoundConnection,
  token: FindingToken,
  fileName: string,
  profiles: readonly Profile[],
): Finding {
  const target: { -readonly [K in keyof Target]: Target[K] } = { ...found.target }
  const assumed: Finding['assumed'] = []
  const isOpen = (key: string) => !found.isUnreadable && !found.refused.has(key)
  if (target.host === undefined && isOpen('host')) {
    target.host = 'localhost'
    assumed.push('host')
  }
  if (target.port === undefined && isOpen('port')) {
    target.port = 5432
    assumed.push('port')
  }
  // As libpq: a database is called after the role unless one is named.
  if (target.database === undefined && target.role !== undefined && isOpen('dbname')) {
    target.database = target.role
    assumed.push('database')
  }
  const { host = '', database = '' } = target
  if (target.tlsMode === undefined && host !== '') {
    target.tlsMode = isLocalHost(host) ? 'prefer' : 'verify-full'
    assumed.push('tlsMode')
  }
  const isOpenWay = ['disable', 'allow', 'prefer'].includes(target.tlsMode ?? '') && (target.tunnel ?? []).length === 0
  if (isOpenWay && host !== '' && !isLocalHost(host)) {
    found.note(`TLS mode ${target.tlsMode} does not keep others on the way to this host from reading along.`, null)
  }
  const { tlsMode } = target
  if (tlsMode !== undefined && found.secrets.has('password') && mayGoUnencrypted({ host, tlsMode }) && host !== '') {
    found.note('Its password is not saved with it: it is asked for once you accept that way.', null)
  }
  const isLocal = isLocalHost(host) && (target.tunnel ?? []).length === 0
  const secrets = [...found.secrets.values()]
  // A word such as postgres is a password and a name at once: hidden in the name it would only make both known.
  const telling = secrets.filter((secret) => secret.length >= 8 && !Object.values(target).includes(secret))
  const named = (text: string) => plainText(hideSecrets(maskPlain(text.slice(0, 400)), telling), 100)
  const own = named(found.name)
  const hints = [...found.hints, fileName, host, database, target.role ?? '']
  return {
    token,
    place: named(found.place),
    line: found.line,
    name: own !== '' ? own : plainText(database === '' || host === '' ? found.place : `${database} on ${host}`, 100),
    folder: named(found.folder),
    environment: found.environment ?? guessEnvironment(hints, isLocal),
    target,
    assumed,
    missing: (['host', 'port', 'database', 'role'] as const).filter((part) => target[part] === undefined),
    settings: found.settings,
    secrets: [...found.secrets.keys()],
    problems: found.problems.map((each) => ({ ...each, message: hideSecrets(each.message, secrets) })),
    notes: found.notes.map((each) => ({ ...each, message: hideSecrets(each.message, secrets) })),
    ignored: found.ignored.map(({ name, reason }) => ({ name: hideSecrets(name, secrets), reason })),
    savedAs: savedAs(target, profiles),
  }
}

function savedAs(target: Target, profiles: readonly Profile[]): Finding['savedAs'] {
  const keyOf = ({ host, port, database, role, tunnel }: Target) =>
    JSON.stringify([host?.toLowerCase(), port, database, role, (tunnel ?? []).map((hop) => hop.host)])
  const key = keyOf(target)
  const saved = profiles.find((profile) => profile.kind === 'remote' && keyOf(profile.target) === key)
  return saved === undefined ? null : { profileId: saved.id, name: saved.name }
}
