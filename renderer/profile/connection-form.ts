import { formatConnectionUrl, parseConnectionText } from '../../contract/connection-url'
import type { FoundTarget } from '../../contract/connection-words'
import {
  type Environment,
  type Profile,
  type ProfileDraft,
  type ProfileId,
  profileDraft,
  type Target,
  type TlsMode,
} from '../../contract/profile'
import { SETTINGS_DEFAULTS, TARGET_DEFAULTS } from '../../contract/profile-defaults'

/** What the connection dialog's fields hold, as typed. */
export interface ConnectionFields {
  readonly name: string
  readonly environment: Environment
  readonly host: string
  readonly port: string
  readonly database: string
  readonly role: string
  readonly password: string
  readonly tlsMode: TlsMode
  readonly rootCertificate: string
}

/** Fields that follow others until the person chooses them. */
type Follower = 'name' | 'environment' | 'tlsMode'

/** How the text in "Connection URL" was understood. */
export type UrlReading =
  | { readonly type: 'none' }
  | { readonly type: 'read'; readonly ignored: readonly string[] }
  | { readonly type: 'unreadable'; readonly message: string }

/** A connection being edited. */
export interface ConnectionDraft {
  /** Null until it is saved for the first time. */
  readonly profileId: ProfileId | null
  readonly fields: ConnectionFields
  /** What the fields held when the dialog was opened. */
  readonly initial: ConnectionFields
  /** Fields that were chosen by hand or by a text and follow nothing any more. */
  readonly chosen: ReadonlySet<Follower>
  readonly url: string
  readonly reading: UrlReading
  /** The draft as it was before the text in "Connection URL" began to fill it: every version of the text fills that one. */
  readonly beforeUrl: Pick<ConnectionDraft, 'fields' | 'chosen'> | null
  /** True once Test, Save or Connect was pressed with something missing. */
  readonly showsProblems: boolean
}

/** What is wrong with fields, in a few words each. */
export type Problems = { readonly [F in keyof ConnectionFields]?: string }

const EMPTY: ConnectionFields = {
  name: '',
  environment: 'local',
  host: 'localhost',
  port: '5432',
  database: '',
  role: '',
  password: '',
  tlsMode: 'prefer',
  rootCertificate: '',
}

/** A draft of a new connection. */
export function newDraft(): ConnectionDraft {
  return draftOf(null, EMPTY, [])
}

/** A draft that changes a saved profile; the password stays where it is kept unless one is typed. */
export function draftOfProfile(profile: Profile): ConnectionDraft {
  return draftOf(profile.id, fieldsOf(profile), ['name', 'environment', 'tlsMode'])
}

/** A draft of a new connection that begins as a copy of a profile, without its password. */
export function duplicateDraft(profile: Profile): ConnectionDraft {
  const name = `${profile.name} copy`.slice(0, 100)
  return draftOf(null, { ...fieldsOf(profile), name }, ['name', 'environment', 'tlsMode'])
}

/** True for hosts that no network lies before. */
export function isLocalHost(host: string): boolean {
  return /^(\/|localhost$|.+\.localhost$|127\.|::1$)/i.test(host.trim())
}

/** True for modes in which a CA file has a meaning. */
export function usesRootCertificate(mode: TlsMode): boolean {
  return mode !== 'disable' && mode !== 'prefer'
}

/** The name a connection has until one is typed. */
export function defaultName({ database, host }: Pick<ConnectionFields, 'database' | 'host'>): string {
  return database === '' || host.trim() === '' ? '' : `${database} on ${host.trim()}`.slice(0, 100)
}

/** The draft after one field was edited by hand. */
export function withField<F extends keyof ConnectionFields>(
  draft: ConnectionDraft,
  field: F,
  value: ConnectionFields[F],
): ConnectionDraft {
  const chosen = isFollower(field) ? new Set([...draft.chosen, field]) : draft.chosen
  return { ...draft, chosen, fields: follow({ ...draft.fields, [field]: value }, chosen), beforeUrl: null }
}

/**
 * The draft after the text in "Connection URL" was edited: what it says fills the fields. A text that came at once (pasted) is shown without
 * its password and complained about when it cannot be read; one that is being typed is left alone until `withUrlLeft`.
 */
export function withUrl(draft: ConnectionDraft, text: string): ConnectionDraft {
  const wasPasted = text.length > draft.url.length + 1
  const before = draft.beforeUrl ?? { fields: draft.fields, chosen: draft.chosen }
  const parsed = parseConnectionText(text)
  if (!parsed.ok) {
    const isComplaint = wasPasted && text.trim() !== ''
    const reading: UrlReading = isComplaint ? { type: 'unreadable', message: parsed.message } : { type: 'none' }
    return { ...draft, ...before, url: text, reading, beforeUrl: before }
  }
  const { found, password, ignored } = parsed
  const filled = fill(before, found, password)
  const url = wasPasted && password !== null ? formatConnectionUrl(found) : text
  return { ...draft, ...filled, url, reading: { type: 'read', ignored }, beforeUrl: before }
}

/** The draft after the focus left "Connection URL": a typed password is shown no longer, an unreadable text is complained about. */
export function withUrlLeft(draft: ConnectionDraft): ConnectionDraft {
  if (draft.url.trim() === '' || draft.beforeUrl === null) return draft
  const parsed = parseConnectionText(draft.url)
  if (!parsed.ok) return { ...draft, reading: { type: 'unreadable', message: parsed.message } }
  return parsed.password === null ? draft : { ...draft, url: formatConnectionUrl(parsed.found) }
}

/** The draft as it was when the dialog was opened first. */
export function withoutEdits({ profileId, initial, chosen }: ConnectionDraft): ConnectionDraft {
  return draftOf(profileId, initial, profileId === null ? [] : [...chosen])
}

/** The draft without the typed password, and without a text that may hold one because it could not be read. */
export function withoutSecrets(draft: ConnectionDraft): ConnectionDraft {
  const left = withUrlLeft(draft)
  const kept: ConnectionDraft = { ...left, fields: { ...left.fields, password: '' }, beforeUrl: null }
  return left.reading.type === 'unreadable' ? { ...kept, url: '', reading: { type: 'none' } } : kept
}

/** What keeps a draft from being tested, saved or opened; empty when nothing does. */
export function problemsOf(fields: ConnectionFields): Problems {
  const parsed = profileDraft.safeParse(profileDraftOf({ profileId: null, fields }))
  if (parsed.success) return {}
  const problems: { -readonly [F in keyof ConnectionFields]?: string } = {}
  for (const { path } of parsed.error.issues) {
    const field = (path[0] === 'target' ? path[1] : path[0]) as keyof ConnectionFields
    const isMissing = fields[field].trim() === '' && field !== 'name'
    problems[field] = isMissing ? 'required' : field === 'port' ? '1 to 65535' : 'too long, or with control characters'
  }
  // A connection without a name is called after its database and host: those are what is missing.
  if (fields.name.trim() === '') delete problems.name
  return problems
}

/** The draft as the engine saves it; only good for that once `problemsOf` finds nothing. */
export function profileDraftOf(draft: Pick<ConnectionDraft, 'profileId' | 'fields'>): ProfileDraft {
  const { name, environment } = draft.fields
  const shownName = name.trim() === '' ? defaultName(draft.fields) : name.trim()
  return {
    id: draft.profileId,
    name: shownName,
    folder: '',
    environment,
    target: targetOf(draft.fields),
    settings: SETTINGS_DEFAULTS,
  }
}

/** True when something was typed that closing the dialog would have to keep. */
export function isDirty({ fields, initial, url }: ConnectionDraft): boolean {
  const names = Object.keys(fields) as (keyof ConnectionFields)[]
  return url !== '' || names.some((name) => fields[name] !== initial[name])
}

function targetOf(fields: ConnectionFields): Target {
  const { database, role, tlsMode } = fields
  const file = fields.rootCertificate.trim()
  return {
    ...TARGET_DEFAULTS,
    host: fields.host.trim(),
    port: /^\d+$/.test(fields.port.trim()) ? Number(fields.port) : 0,
    database,
    role,
    tlsMode,
    rootCertificate: file === '' || !usesRootCertificate(tlsMode) ? null : file,
  }
}

function draftOf(profileId: ProfileId | null, fields: ConnectionFields, chosen: readonly Follower[]): ConnectionDraft {
  return {
    profileId,
    fields,
    initial: fields,
    chosen: new Set(chosen),
    url: '',
    reading: { type: 'none' },
    beforeUrl: null,
    showsProblems: false,
  }
}

function fieldsOf({ name, environment, target }: Profile): ConnectionFields {
  const { host, database, role, tlsMode, rootCertificate } = target
  const port = String(target.port)
  return {
    name,
    environment,
    host,
    port,
    database,
    role,
    password: '',
    tlsMode,
    rootCertificate: rootCertificate ?? '',
  }
}

function fill(
  before: Pick<ConnectionDraft, 'fields' | 'chosen'>,
  found: FoundTarget,
  password: string | null,
): Pick<ConnectionDraft, 'fields' | 'chosen'> {
  const { fields } = before
  const leadsElsewhere = found.host !== undefined && found.host !== fields.host
  const chosen = found.tlsMode === undefined ? before.chosen : new Set([...before.chosen, 'tlsMode' as const])
  const port = found.port === undefined ? (found.host === undefined ? fields.port : '5432') : String(found.port)
  const filled: ConnectionFields = {
    ...fields,
    host: found.host ?? fields.host,
    port,
    database: found.database ?? fields.database,
    role: found.role ?? fields.role,
    // A password typed for one host is never carried over to the host of a pasted text.
    password: password ?? (leadsElsewhere ? '' : fields.password),
    tlsMode: found.tlsMode ?? fields.tlsMode,
    rootCertificate: found.rootCertificate === undefined ? fields.rootCertificate : (found.rootCertificate ?? ''),
  }
  return { chosen, fields: follow(filled, chosen) }
}

/** Name, environment and TLS mode follow host and database until they are chosen: verify-full wherever a network lies between. */
function follow(fields: ConnectionFields, chosen: ReadonlySet<Follower>): ConnectionFields {
  const isLocal = isLocalHost(fields.host)
  return {
    ...fields,
    name: chosen.has('name') ? fields.name : defaultName(fields),
    environment: chosen.has('environment') ? fields.environment : isLocal ? 'local' : 'development',
    tlsMode: chosen.has('tlsMode') ? fields.tlsMode : isLocal ? 'prefer' : 'verify-full',
  }
}

function isFollower(field: keyof ConnectionFields): field is Follower {
  return field === 'name' || field === 'environment' || field === 'tlsMode'
}
