import type { ConnectionStep, Environment, Profile, TlsMode } from '../../contract/profile'
import type { Choice } from '../ui/field'
import type { Keeper } from './profile-store'

/** The environments in the order of their danger. */
export const ENVIRONMENTS: readonly Environment[] = ['local', 'development', 'staging', 'production']

/** TLS modes with what each one means, in libpq's sense. */
export const TLS_MODES: readonly Choice<TlsMode>[] = [
  { value: 'disable', label: 'disable', remark: 'never encrypted' },
  { value: 'prefer', label: 'prefer', remark: 'encrypted if the server can, certificate not checked' },
  { value: 'require', label: 'require', remark: 'encrypted, certificate checked only with a CA file' },
  { value: 'verify-ca', label: 'verify-ca', remark: 'encrypted, certificate checked, any host name' },
  { value: 'verify-full', label: 'verify-full', remark: 'encrypted, certificate checked, host name must match' },
]

/** `role@host/database` as people read it; a Unix socket is `[local]`, as in psql's prompt. */
export function whereItLeads({ target }: Pick<Profile, 'target'>): string {
  const { host, port, database, role } = target
  const shownHost = host.startsWith('/') ? '[local]' : host.includes(':') ? `[${host}]` : host
  return `${role}@${shownHost}${port === 5432 || host.startsWith('/') ? '' : `:${port}`}/${database}`
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

/** Where a password that is typed will be kept. */
export function whereKept(keeper: Keeper | null): string {
  if (keeper === null) return ''
  if (keeper.canKeepPasswords)
    return `Kept in ${keyringName(keeper.keyring)}, for exactly this host, port, role and TLS mode.`
  return 'Kept in memory until Strata quits: this system has no keyring.'
}

function keyringName(keyring: string): string {
  if (keyring === 'gnome_libsecret') return "the system's keyring (Secret Service)"
  if (keyring.startsWith('kwallet')) return 'KWallet'
  if (keyring === 'Keychain') return 'the macOS Keychain'
  if (keyring === 'DPAPI') return "this Windows user's protected storage"
  return keyring
}

/** A step of connecting in words: what it is, and what came of it. */
export function stepWords(
  step: ConnectionStep,
  port: number | null,
): { readonly what: string; readonly outcome: string } {
  const { name, state, detail, elapsedMs } = step
  const time = `${elapsedMs < 10 ? elapsedMs.toFixed(1) : Math.round(elapsedMs)} ms`
  const onPort = port === null ? '' : ` on port ${port}`
  const what: Record<ConnectionStep['name'], Record<ConnectionStep['state'], string>> = {
    resolve: {
      done: 'Host name resolved',
      failed: 'Host name not resolved',
      'not tried': 'Host name',
      'not used': 'Host name',
    },
    reach: {
      done: `Server reached${onPort}`,
      failed: `Server not reached${onPort}`,
      'not tried': `Server${onPort}`,
      'not used': 'Server',
    },
    tls: { done: `TLS: ${detail}`, failed: 'TLS failed', 'not tried': 'TLS', 'not used': `TLS: ${detail}` },
    login: {
      done: `Logged in as ${detail}`,
      failed: 'Login failed',
      'not tried': 'Role and password',
      'not used': 'Role and password',
    },
  }
  const isAddress = name === 'resolve' && (state === 'done' || state === 'not used')
  const outcome = state === 'not tried' || (state === 'not used' && !isAddress) ? state : isAddress ? detail : time
  return { what: what[name][state], outcome }
}
