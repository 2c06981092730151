import { mayGoUnencrypted } from '../../contract/local-host'
import { profileDraft } from '../../contract/profile'
import { type ConnectionDraft, type ConnectionFields, profileDraftOf } from './connection-form'

/** What is wrong, in a few words each, by the name of the field; of an SSH server by `tunnel.0.host` and the like. */
export type Problems = Readonly<Record<string, string>>

/** The parts of the dialog, in their order. */
export const SECTIONS = ['general', 'tls', 'ssh', 'session'] as const
/** A part of the dialog. */
export type Section = (typeof SECTIONS)[number]

// Whatever is not named here stands in the section "General".
const PLACES: ReadonlyMap<string, Section> = new Map<keyof ConnectionFields, Section>([
  ['clientCertificate', 'tls'],
  ['clientKey', 'tls'],
  ['clientKeyPassphrase', 'tls'],
  ['revocationList', 'tls'],
  ['tlsNegotiation', 'tls'],
  ['channelBinding', 'tls'],
  ['authenticationMethods', 'tls'],
  ['tunnel', 'ssh'],
  ['isReadOnly', 'session'],
  ['commitMode', 'session'],
  ['statementTimeout', 'session'],
  ['lockTimeout', 'session'],
  ['keepaliveSeconds', 'session'],
  ['searchPath', 'session'],
  ['roleToSet', 'session'],
  ['startupSql', 'session'],
])

/** Where the field of a problem stands. */
export function sectionOf(field: string): Section {
  return PLACES.get(field.split('.', 1)[0] ?? '') ?? 'general'
}

/** What keeps a draft from being tested, saved or opened; empty when nothing does. */
export function problemsOf({ fields, found }: Pick<ConnectionDraft, 'fields' | 'found'>): Problems {
  const parsed = profileDraft.safeParse(profileDraftOf({ profileId: null, fields }))
  const hasPassword = fields.password !== '' || found?.secrets.includes('password') === true
  if (parsed.success && hasPassword && !fields.acceptsUnencrypted && mayGoUnencrypted(parsed.data.target))
    return { acceptsUnencrypted: 'accept it, or choose verify-full' }
  if (parsed.success) return {}
  const problems: Record<string, string> = {}
  for (const { path } of parsed.error.issues) {
    const names = path.map(String).filter((name) => name !== 'target' && name !== 'settings')
    const field = names.map((name) => FORM_NAMES[name] ?? name).join('.')
    problems[field] = wordsFor(field, typedInto(fields, field))
  }
  // A connection without a name is called after its database and host: those are what is missing.
  if (fields.name.trim() === '') delete problems.name
  return problems
}

const FORM_NAMES: Readonly<Record<string, string>> = {
  statementTimeoutMs: 'statementTimeout',
  lockTimeoutMs: 'lockTimeout',
}

function wordsFor(field: string, typed: unknown): string {
  if (typeof typed === 'string' && typed.trim() === '' && field !== 'name') return 'required'
  if (/(^|\.)port$/.test(field)) return '1 to 65535'
  if (/Timeout$/.test(field)) return 'a time with its unit, up to 24 h'
  if (field === 'keepaliveSeconds') return '1 to 3600'
  if (field === 'authenticationMethods') return 'choose at least one'
  return 'too long, or with control characters'
}

function typedInto(fields: ConnectionFields, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined,
      fields,
    )
}
