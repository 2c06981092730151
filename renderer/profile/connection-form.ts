import { formatConnectionUrl, parseConnectionText } from '../../contract/connection-url'
import type { FoundTarget } from '../../contract/connection-words'
import type { Finding, FindingToken } from '../../contract/import'
import { isLocalHost } from '../../contract/local-host'
import type { Profile, ProfileDraft, ProfileId, Target } from '../../contract/profile'
import { methodsFor, SETTINGS_DEFAULTS, TARGET_DEFAULTS } from '../../contract/profile-defaults'
import type { SecretKind } from '../../contract/secret'
import {
  type GeneralFields,
  generalFieldsOf,
  generalTargetOf,
  NO_GENERAL,
  SYSTEM_ROOTS,
} from './sections/general-fields'
import { NO_SESSION, type SessionFields, sessionFieldsOf, settingsOf } from './sections/session-fields'
import { NO_SSH, type SshFields, sshFieldsOf, sshTargetOf } from './sections/ssh-fields'
import { NO_TLS, type TlsFields, tlsFieldsOf, tlsTargetOf } from './sections/tls-fields'

/** What the connection dialog's fields hold, as typed. */
export interface ConnectionFields extends GeneralFields, TlsFields, SshFields, SessionFields {}

/** Fields that follow others until the person chooses them. */
type Follower = 'name' | 'environment' | 'tlsMode' | 'rootCertificate' | 'authenticationMethods'

const FOLLOWERS: readonly Follower[] = ['name', 'environment', 'tlsMode', 'rootCertificate', 'authenticationMethods']

/** How the text in "Connection URL" was understood. */
export type UrlReading =
  | { readonly type: 'none' }
  | { readonly type: 'read'; readonly ignored: readonly string[] }
  | { readonly type: 'unreadable'; readonly message: string }

/** A connection being edited. */
export interface ConnectionDraft {
  /** Null until it is saved for the first time. */
  readonly profileId: ProfileId | null
  /** Where the private local server listens is not the form's to say. */
  readonly kind: Profile['kind']
  readonly fields: ConnectionFields
  /** What the fields held when the dialog was opened. */
  readonly initial: ConnectionFields
  /** Fields that were chosen by hand or by a text and follow nothing any more. */
  readonly chosen: ReadonlySet<Follower>
  /** What an import found; its secrets stay in the engine, and are used where none is typed. Null for every other draft. */
  readonly found: { readonly token: FindingToken; readonly secrets: readonly SecretKind[] } | null
  readonly url: string
  readonly reading: UrlReading
  /** The draft as it was before the text in "Connection URL" began to fill it: every version of the text fills that one. */
  readonly beforeUrl: Pick<ConnectionDraft, 'fields' | 'chosen'> | null
  /** True once Test, Save or Connect was pressed with something missing. */
  readonly showsProblems: boolean
}

const EMPTY: ConnectionFields = { ...NO_GENERAL, ...NO_TLS, ...NO_SSH, ...NO_SESSION }

/** A draft of a new connection. */
export function newDraft(): ConnectionDraft {
  return draftOf(null, 'remote', EMPTY, [])
}

/** A draft that changes a saved profile; the password stays where it is kept unless one is typed. */
export function draftOfProfile(profile: Profile): ConnectionDraft {
  return draftOf(profile.id, profile.kind, fieldsOf(profile), FOLLOWERS)
}

/** A draft of a new connection that begins as a copy of a profile, without its password. */
export function duplicateDraft(profile: Profile): ConnectionDraft {
  const name = `${profile.name} copy`.slice(0, 100)
  return draftOf(null, 'remote', { ...fieldsOf(profile), name }, FOLLOWERS)
}

/** A draft of a new connection that begins with what an import found, without its password. */
export function draftOfFinding(finding: Finding): ConnectionDraft {
  const { name, folder, environment, token, secrets } = finding
  const empty: Target = { ...TARGET_DEFAULTS, host: '', port: 5432, database: '', role: '', tlsMode: 'prefer' }
  const target = Object.assign(empty, finding.target)
  const settings = Object.assign({ ...SETTINGS_DEFAULTS }, finding.settings)
  const fields = fieldsOf({ name, folder, environment, target, settings })
  const port = finding.target.port === undefined ? '' : fields.port
  const said = (['tlsMode', 'rootCertificate', 'authenticationMethods'] as const).filter(
    (field) => finding.target[field] !== undefined,
  )
  const chosen: Follower[] = ['name', 'environment', ...said]
  return {
    ...draftOf(null, 'remote', follow({ ...fields, port }, new Set(chosen)), chosen),
    found: secrets.length === 0 ? null : { token, secrets },
  }
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
  const edited = { ...draft.fields, ...(leads(field) && { acceptsUnencrypted: false }), [field]: value }
  return { ...draft, chosen, fields: follow(edited, chosen), beforeUrl: null }
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
  const { found, password } = parsed
  const ignored = [
    ...parsed.ignored,
    ...(Object.keys(parsed.settings).length === 0 ? [] : ['options']),
    ...(parsed.keyPassphrase === null ? [] : ['sslpassword']),
  ]
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
export function withoutEdits({ profileId, kind, initial, chosen, found }: ConnectionDraft): ConnectionDraft {
  return { ...draftOf(profileId, kind, initial, profileId === null && found === null ? [] : [...chosen]), found }
}

/** The draft without what was typed as a secret, and without a text that may hold one because it could not be read. */
export function withoutSecrets(draft: ConnectionDraft): ConnectionDraft {
  const left = withUrlLeft(draft)
  const tunnel = left.fields.tunnel.map((hop) => ({ ...hop, secret: '' }))
  const fields = { ...left.fields, password: '', acceptsUnencrypted: false, clientKeyPassphrase: '', tunnel }
  const kept: ConnectionDraft = { ...left, fields, beforeUrl: null }
  return left.reading.type === 'unreadable' ? { ...kept, url: '', reading: { type: 'none' } } : kept
}

/** The draft as the engine saves it; only good for that once `problemsOf` finds nothing. */
export function profileDraftOf(draft: Pick<ConnectionDraft, 'profileId' | 'fields'>): ProfileDraft {
  const { fields, profileId } = draft
  const shownName = fields.name.trim() === '' ? defaultName(fields) : fields.name.trim()
  return {
    id: profileId,
    name: shownName,
    folder: fields.folder.trim(),
    environment: fields.environment,
    target: { ...generalTargetOf(fields), ...tlsTargetOf(fields), ...sshTargetOf(fields) },
    settings: settingsOf(fields),
  }
}

/** True when something was typed that closing the dialog would have to keep. */
export function isDirty({ fields, initial, url }: ConnectionDraft): boolean {
  return url !== '' || JSON.stringify(fields) !== JSON.stringify(initial)
}

/** True when sessions that are open now would not be as the draft wants them. */
export function changesSessions({ profileId, fields, initial }: ConnectionDraft): boolean {
  const beginning = (of: ConnectionFields) => {
    const { target, settings } = profileDraftOf({ profileId, fields: of })
    return JSON.stringify([target, settings])
  }
  return fields.password !== '' || beginning(fields) !== beginning(initial)
}

function draftOf(
  profileId: ProfileId | null,
  kind: Profile['kind'],
  fields: ConnectionFields,
  chosen: readonly Follower[],
): ConnectionDraft {
  return {
    profileId,
    kind,
    fields,
    initial: fields,
    chosen: new Set(chosen),
    found: null,
    url: '',
    reading: { type: 'none' },
    beforeUrl: null,
    showsProblems: false,
  }
}

function fieldsOf(profile: Omit<ProfileDraft, 'id'>): ConnectionFields {
  const { target, settings } = profile
  return { ...generalFieldsOf(profile), ...tlsFieldsOf(target), ...sshFieldsOf(target), ...sessionFieldsOf(settings) }
}

function fill(
  before: Pick<ConnectionDraft, 'fields' | 'chosen'>,
  found: FoundTarget,
  password: string | null,
): Pick<ConnectionDraft, 'fields' | 'chosen'> {
  const { fields } = before
  const leadsElsewhere = found.host !== undefined && found.host !== fields.host
  const said = (['tlsMode', 'rootCertificate', 'authenticationMethods'] as const).filter(
    (field) => found[field] !== undefined,
  )
  const chosen = said.length === 0 ? before.chosen : new Set([...before.chosen, ...said])
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
    acceptsUnencrypted: false,
    ...tlsFieldsOf({ ...tlsTargetOf(fields), ...found }),
    clientKeyPassphrase: fields.clientKeyPassphrase,
    ...(found.tunnel === undefined ? {} : sshFieldsOf({ tunnel: found.tunnel })),
  }
  return { chosen, fields: follow(filled, chosen) }
}

/**
 * Name, environment and TLS follow host and database until they are chosen: wherever a network lies between, verify-full with the roots
 * this computer trusts. Those are never left to a weaker mode, in which everybody could have a certificate of theirs.
 */
function follow(fields: ConnectionFields, chosen: ReadonlySet<Follower>): ConnectionFields {
  const isLocal = isLocalHost(fields.host)
  const tlsMode = chosen.has('tlsMode') ? fields.tlsMode : isLocal ? 'prefer' : 'verify-full'
  const isChosen =
    chosen.has('rootCertificate') && (fields.rootCertificate !== SYSTEM_ROOTS || tlsMode === 'verify-full')
  return {
    ...fields,
    name: chosen.has('name') ? fields.name : defaultName(fields),
    // Behind a tunnel, `localhost` is another computer.
    environment: chosen.has('environment')
      ? fields.environment
      : isLocal && !fields.usesTunnel
        ? 'local'
        : 'development',
    tlsMode,
    rootCertificate: isChosen ? fields.rootCertificate : tlsMode === 'verify-full' ? SYSTEM_ROOTS : '',
    authenticationMethods: chosen.has('authenticationMethods') ? fields.authenticationMethods : methodsFor(fields.host),
  }
}

/** True for fields that say where a password goes, and how: what was accepted for one way is not for another. */
function leads(field: keyof ConnectionFields): boolean {
  return field === 'host' || field === 'tlsMode'
}

function isFollower(field: keyof ConnectionFields): field is Follower {
  return FOLLOWERS.some((each) => each === field)
}
