import type { Failure } from '../../contract/failure'
import type { ConnectionStep, Environment, Profile, Target, TlsMode } from '../../contract/profile'
import type { Choice } from '../ui/field'
import type { Place } from '../ui/place'

/** The environments in the order of their danger. */
export const ENVIRONMENTS: readonly Environment[] = ['local', 'development', 'staging', 'production']

/** TLS modes with what each one means, in libpq's sense. */
export const TLS_MODES: readonly Choice<TlsMode>[] = [
  { value: 'disable', label: 'disable', remark: 'never encrypted' },
  { value: 'allow', label: 'allow', remark: 'encrypted only if the server insists' },
  { value: 'prefer', label: 'prefer', remark: 'encrypted if the server can, certificate not checked' },
  { value: 'require', label: 'require', remark: 'encrypted, certificate checked only with a CA file' },
  { value: 'verify-ca', label: 'verify-ca', remark: 'encrypted, certificate checked, any host name' },
  { value: 'verify-full', label: 'verify-full', remark: 'encrypted, certificate checked, host name must match' },
]

/** What a TLS mode protects from, in one line. */
export function protectionOf({
  tlsMode,
  rootCertificate,
}: {
  readonly tlsMode: TlsMode
  readonly rootCertificate: string
}): string {
  switch (tlsMode) {
    case 'disable':
    case 'allow':
      return 'Protects from nothing: whoever is on the way can read and change what is sent.'
    case 'prefer':
      return 'Protects from nobody who tries: somebody in between can switch the encryption off.'
    case 'require':
      return rootCertificate.trim() === ''
        ? 'Protects from listening, not from somebody who pretends to be the server.'
        : 'Protects from listening; another server of the same CA could take its place.'
    case 'verify-ca':
      return 'Protects from listening; another server of the same CA could take its place.'
    case 'verify-full':
      return rootCertificate.trim() === 'system'
        ? 'Protects from listening and from false servers. The server needs a certificate that this computer trusts.'
        : 'Protects from listening and from false servers.'
  }
}

/** `role@host/database` as people read it; a Unix socket is `[local]`, as in psql's prompt. */
export function whereItLeads({
  target,
}: {
  readonly target: Pick<Target, 'host' | 'port' | 'database' | 'role'>
}): string {
  const { host, port, database, role } = target
  const shownHost = host.startsWith('/') ? '[local]' : host.includes(':') ? `[${host}]` : host
  return `${role}@${shownHost}${port === 5432 || host.startsWith('/') ? '' : `:${port}`}/${database}`
}

/** A profile as the place where something would happen. */
export function placeOf(profile: Pick<Profile, 'kind' | 'name' | 'environment' | 'target'>): Place {
  const { kind, name, environment, target } = profile
  // Where the local server listens means nothing to a person.
  const shown = kind === 'local' ? { ...target, host: 'localhost', port: 5432 } : target
  return { environment, name, where: whereItLeads({ target: shown }) }
}

/** The folders of profiles, each once, in the order of their names. */
export function foldersOf(profiles: readonly Pick<Profile, 'folder'>[]): string[] {
  const named = profiles.map(({ folder }) => folder).filter((folder) => folder !== '')
  return [...new Set(named)].sort((one, other) => one.localeCompare(other))
}

/** When a profile was opened last: today and yesterday in words, else the date. */
export function openedWhen(lastOpenedAt: string | null, now: Date): string {
  if (lastOpenedAt === null) return 'never opened'
  const then = new Date(lastOpenedAt)
  if (Number.isNaN(then.getTime())) return ''
  const two = (number: number) => String(number).padStart(2, '0')
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate())
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  if (then >= midnight) return `today ${two(then.getHours())}:${two(then.getMinutes())}`
  if (then >= yesterday) return 'yesterday'
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`
}

/** A step of connecting in words; `unknown` when only the failure is known, and it does not say. */
export interface StepWords {
  readonly name: ConnectionStep['name']
  readonly state: ConnectionStep['state'] | 'unknown'
  readonly what: string
  readonly outcome: string
}

/** A step that was reported: what it is, and what came of it. */
export function stepWords(step: ConnectionStep, port: string): StepWords {
  const { name, state, detail, elapsedMs } = step
  const time = `${elapsedMs < 10 ? elapsedMs.toFixed(1) : Math.round(elapsedMs)} ms`
  const hasDetail = (name === 'tls' || name === 'login' || name === 'tunnel') && detail !== '' && state !== 'failed'
  const says = hasDetail ? saysOf(name, detail) : null
  const isAddress = name === 'resolve' && (state === 'done' || state === 'not used')
  const outcome = state === 'not tried' || (state === 'not used' && !isAddress) ? state : isAddress ? detail : time
  return { name, state, what: says ?? titleOf(name, state, port), outcome }
}

function saysOf(name: 'tls' | 'login' | 'tunnel', detail: string): string {
  // What begins with the step's own word needs no other one before it.
  if (name === 'tls' && detail.startsWith('TLS ')) return detail
  return `${{ tls: 'TLS: ', login: 'Logged in as ', tunnel: 'SSH: ' }[name]}${detail}`
}

/** The steps as far as a failure alone implies them: a server that refused the password was reached. */
export function impliedSteps(
  failure: Failure,
  target: {
    readonly host: string
    readonly port: string
    readonly tlsMode: TlsMode
    readonly usesTunnel: boolean
  },
): StepWords[] {
  const isSocket = target.host.trim().startsWith('/')
  const usesTls = !isSocket && target.tlsMode !== 'disable'
  const resolved = isSocket || target.usesTunnel ? 'not used' : 'done'
  const encrypted = usesTls
    ? target.tlsMode === 'prefer' || target.tlsMode === 'allow'
      ? 'unknown'
      : 'done'
    : 'not used'
  const states = ((): readonly StepWords['state'][] => {
    switch (failure.kind === 'connection' ? failure.reason : null) {
      case 'not found':
        return isSocket
          ? ['not used', 'failed', 'not tried', 'not tried']
          : ['failed', 'not tried', 'not tried', 'not tried']
      case 'tunnel':
        return ['not tried', 'not tried', 'not tried', 'not tried']
      case 'refused':
        return [resolved, 'failed', 'not tried', 'not tried']
      case 'tls':
        return [resolved, 'done', 'failed', 'not tried']
      case 'authentication':
      case 'no database':
      case 'rejected':
        return [resolved, 'done', encrypted, 'failed']
      default:
        return ['unknown', 'unknown', 'unknown', 'unknown']
    }
  })()
  const direct = (['resolve', 'reach', 'tls', 'login'] as const).map((name, index) => {
    const state = states[index] ?? 'unknown'
    return { name, state, what: titleOf(name, state, target.port), outcome: state.startsWith('not ') ? state : '' }
  })
  if (!target.usesTunnel) return direct
  const failed = failure.kind === 'connection' && failure.reason === 'tunnel'
  const state = failed
    ? 'failed'
    : direct.some((step) => step.state === 'done' || step.state === 'failed')
      ? 'done'
      : 'unknown'
  return [{ name: 'tunnel', state, what: titleOf('tunnel', state, ''), outcome: '' }, ...direct]
}

function titleOf(name: ConnectionStep['name'], state: StepWords['state'], port: string): string {
  const onPort = port === '' ? '' : ` on port ${port}`
  const [title, done, failed] = {
    tunnel: ['SSH tunnel', 'SSH tunnel opened', 'SSH tunnel failed'],
    resolve: ['Host name', 'Host name resolved', 'Host name not resolved'],
    reach: [`Server${onPort}`, `Server reached${onPort}`, `Server not reached${onPort}`],
    tls: ['TLS', 'TLS set up', 'TLS failed'],
    login: ['Role and password', 'Logged in', 'Login failed'],
  }[name] as [string, string, string]
  return state === 'done' ? done : state === 'failed' ? failed : title
}
