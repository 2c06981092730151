import { createStore } from 'zustand/vanilla'
import type { Failure } from '../../contract/failure'
import type { ConnectionReport, Profile, ProfileId } from '../../contract/profile'
import type { SecretState, WantedSecret } from '../../contract/secret'
import {
  type ConnectionDraft,
  type ConnectionFields,
  isDirty,
  withField,
  withoutEdits,
  withoutSecrets,
  withUrl,
  withUrlLeft,
} from './connection-form'

/** The saved profiles as the engine last listed them. */
export type ProfileList =
  | { readonly type: 'loading' }
  | { readonly type: 'loaded'; readonly profiles: readonly Profile[] }
  | { readonly type: 'failed'; readonly failure: Failure }

/** What is being opened from the welcome screen: a saved profile, or the local database. */
export type Opening =
  | { readonly type: 'idle' }
  | { readonly type: 'opening'; readonly what: ProfileId | 'local'; readonly attempt: number }
  | { readonly type: 'failed'; readonly what: ProfileId | 'local'; readonly failure: Failure }

/** The connection dialog. Each attempt has a number: an answer to an earlier one is of no interest any more. */
export type ConnectionForm =
  | { readonly type: 'closed' }
  | { readonly type: 'editing'; readonly draft: ConnectionDraft }
  | { readonly type: 'testing' | 'saving' | 'connecting'; readonly draft: ConnectionDraft; readonly attempt: number }
  | { readonly type: 'tested'; readonly draft: ConnectionDraft; readonly report: ConnectionReport }
  | { readonly type: 'failed'; readonly draft: ConnectionDraft; readonly failure: Failure }

/** The question for a secret that is missing or wrong. */
export type SecretPrompt =
  | { readonly type: 'closed' }
  | (SecretQuestion & {
      readonly type: 'asking'
      /** Why the last answer could not be tried. */
      readonly problem: string | null
    })
  | (SecretQuestion & { readonly type: 'connecting'; readonly attempt: number })

interface SecretQuestion {
  readonly profile: Profile
  readonly wanted: WantedSecret
  readonly kept: SecretState
}

/** The question whether to forget a profile. */
export type Removal =
  | { readonly type: 'none' }
  | { readonly type: 'asking'; readonly profile: Profile }
  | { readonly type: 'failed'; readonly profile: Profile; readonly failure: Failure }

/** What the shell says of this system: its keys, and where it keeps passwords. */
export interface Keeper {
  readonly platform: 'linux' | 'darwin' | 'win32'
  readonly canKeepPasswords: boolean
  readonly keyring: string
}

/** How the list of connections is ordered and what of it is folded away. */
export interface ListView {
  readonly order: 'folders' | 'recent'
  readonly folded: ReadonlySet<string>
}

/** What the window knows of profiles and connecting. */
export interface ProfileState {
  readonly list: ProfileList
  /** What happened to the file of profiles, in words. */
  readonly notices: readonly string[]
  /** Null until the shell has said it. */
  readonly keeper: Keeper | null
  readonly opening: Opening
  readonly form: ConnectionForm
  /** Drafts of closed dialogs, without passwords, until they are saved or discarded. */
  readonly drafts: ReadonlyMap<ProfileId | 'new', ConnectionDraft>
  readonly prompt: SecretPrompt
  readonly removal: Removal
  readonly view: ListView
}

/** What happened, in the past tense. */
export type ProfileEvent =
  | { readonly type: 'profilesListed'; readonly profiles: readonly Profile[]; readonly notices: readonly string[] }
  | { readonly type: 'listFailed'; readonly failure: Failure }
  | { readonly type: 'noticesRead' }
  | { readonly type: 'keeperKnown'; readonly keeper: Keeper }
  | { readonly type: 'openingStarted'; readonly what: ProfileId | 'local'; readonly attempt: number }
  | { readonly type: 'openingFailed'; readonly attempt: number; readonly failure: Failure }
  | { readonly type: 'openingEnded'; readonly attempt: number }
  /** A draft that was left in the dialog before takes the place of the given one. */
  | { readonly type: 'formOpened'; readonly draft: ConnectionDraft }
  | { readonly type: 'copyOpened'; readonly draft: ConnectionDraft }
  | { readonly type: 'fieldEdited'; readonly edit: FieldEdit }
  | { readonly type: 'urlEdited'; readonly text: string }
  | { readonly type: 'urlLeft' }
  | { readonly type: 'problemsFound' }
  | { readonly type: 'attemptStarted'; readonly kind: 'testing' | 'saving' | 'connecting'; readonly attempt: number }
  | { readonly type: 'profileSaved'; readonly attempt: number; readonly profile: Profile }
  | { readonly type: 'testEnded'; readonly attempt: number; readonly report: ConnectionReport }
  | { readonly type: 'attemptFailed'; readonly attempt: number; readonly failure: Failure }
  | { readonly type: 'attemptEnded'; readonly attempt: number }
  | { readonly type: 'formClosed' }
  | { readonly type: 'draftDiscarded' }
  | ({ readonly type: 'secretAsked' } & SecretQuestion)
  | { readonly type: 'secretGiven'; readonly attempt: number }
  | { readonly type: 'secretFailed'; readonly attempt: number; readonly problem: string }
  /** Not for the secret that was asked for. */
  | { readonly type: 'openingRefused'; readonly profileId: ProfileId; readonly failure: Failure }
  | { readonly type: 'promptClosed' }
  | { readonly type: 'removalAsked'; readonly profile: Profile }
  | { readonly type: 'removalFailed'; readonly failure: Failure }
  | { readonly type: 'removalClosed' }
  | { readonly type: 'orderChosen'; readonly order: ListView['order'] }
  | { readonly type: 'folderToggled'; readonly folder: string }

/** One field and its new value. */
export type FieldEdit = {
  readonly [F in keyof ConnectionFields]: { readonly field: F; readonly value: ConnectionFields[F] }
}[keyof ConnectionFields]

/** Nothing known, nothing open. */
export const initialProfileState: ProfileState = {
  list: { type: 'loading' },
  notices: [],
  keeper: null,
  opening: { type: 'idle' },
  form: { type: 'closed' },
  drafts: new Map(),
  prompt: { type: 'closed' },
  removal: { type: 'none' },
  view: { order: 'folders', folded: new Set() },
}

/** The state after an event. */
export function reduceProfiles(state: ProfileState, event: ProfileEvent): ProfileState {
  switch (event.type) {
    case 'profilesListed':
      return { ...state, list: { type: 'loaded', profiles: event.profiles }, notices: event.notices }
    case 'listFailed':
      return { ...state, list: { type: 'failed', failure: event.failure } }
    case 'noticesRead':
      return { ...state, notices: [] }
    case 'keeperKnown':
      return { ...state, keeper: event.keeper }
    case 'openingStarted':
      return { ...state, opening: { type: 'opening', what: event.what, attempt: event.attempt } }
    case 'openingFailed':
    case 'openingEnded': {
      const { opening } = state
      if (opening.type !== 'opening' || opening.attempt !== event.attempt) return state
      if (event.type === 'openingEnded') return { ...state, opening: { type: 'idle' } }
      return { ...state, opening: { type: 'failed', what: opening.what, failure: event.failure } }
    }
    case 'secretAsked': {
      const { profile, wanted, kept } = event
      return { ...state, opening: { type: 'idle' }, prompt: { type: 'asking', profile, wanted, kept, problem: null } }
    }
    case 'secretGiven':
      return state.prompt.type === 'closed'
        ? state
        : { ...state, prompt: { ...state.prompt, type: 'connecting', attempt: event.attempt } }
    case 'secretFailed': {
      const { prompt } = state
      if (prompt.type !== 'connecting' || prompt.attempt !== event.attempt) return state
      const { profile, wanted, kept } = prompt
      return { ...state, prompt: { type: 'asking', profile, wanted, kept, problem: event.problem } }
    }
    case 'openingRefused': {
      const opening: Opening = { type: 'failed', what: event.profileId, failure: event.failure }
      return { ...state, opening, prompt: { type: 'closed' } }
    }
    case 'promptClosed':
      return { ...state, prompt: { type: 'closed' } }
    case 'removalAsked':
      return { ...state, removal: { type: 'asking', profile: event.profile } }
    case 'removalFailed':
      return state.removal.type === 'none'
        ? state
        : { ...state, removal: { type: 'failed', profile: state.removal.profile, failure: event.failure } }
    case 'removalClosed':
      return { ...state, removal: { type: 'none' } }
    case 'orderChosen':
      return { ...state, view: { ...state.view, order: event.order } }
    case 'folderToggled': {
      const folded = new Set(state.view.folded)
      if (!folded.delete(event.folder)) folded.add(event.folder)
      return { ...state, view: { ...state.view, folded } }
    }
    default:
      return reduceForm(state, event)
  }
}

type FormEvent = Extract<
  ProfileEvent,
  {
    type:
      | 'formOpened'
      | 'copyOpened'
      | 'fieldEdited'
      | 'urlEdited'
      | 'urlLeft'
      | 'problemsFound'
      | 'attemptStarted'
      | 'profileSaved'
      | 'testEnded'
      | 'attemptFailed'
      | 'attemptEnded'
      | 'formClosed'
      | 'draftDiscarded'
  }
>

function reduceForm(state: ProfileState, event: FormEvent): ProfileState {
  if (event.type === 'formOpened') {
    const draft = state.drafts.get(event.draft.profileId ?? 'new') ?? event.draft
    return { ...state, form: editing(draft) }
  }
  if (event.type === 'copyOpened') return { ...state, form: editing(event.draft) }
  const { form } = state
  if (form.type === 'closed') return state
  const { draft } = form
  const key = draft.profileId ?? 'new'
  switch (event.type) {
    // An edit makes whatever was found out, or is being found out, about the fields before it void.
    case 'fieldEdited':
      return { ...state, form: editing(withField(draft, event.edit.field, event.edit.value)) }
    case 'urlEdited':
      return { ...state, form: editing(withUrl(draft, event.text)) }
    case 'urlLeft':
      return { ...state, form: { ...form, draft: withUrlLeft(draft) } }
    case 'problemsFound':
      return { ...state, form: editing({ ...draft, showsProblems: true }) }
    case 'attemptStarted':
      // Nothing is missing any more: what is added after this attempt is not marked before the next one.
      return { ...state, form: { type: event.kind, draft: { ...draft, showsProblems: false }, attempt: event.attempt } }
    case 'formClosed': {
      const drafts = isDirty(draft) ? new Map(state.drafts).set(key, withoutSecrets(draft)) : without(state.drafts, key)
      return { ...state, form: { type: 'closed' }, drafts }
    }
    case 'draftDiscarded':
      return { ...state, form: editing(withoutEdits(draft)), drafts: without(state.drafts, key) }
    default:
      if (!('attempt' in form) || form.attempt !== event.attempt) return state
  }
  switch (event.type) {
    case 'profileSaved': {
      const saved: ConnectionDraft = { ...draft, profileId: event.profile.id }
      return { ...state, form: { ...form, draft: saved }, drafts: without(state.drafts, key) }
    }
    case 'testEnded':
      return { ...state, form: { type: 'tested', draft, report: event.report } }
    case 'attemptFailed':
      return { ...state, form: { type: 'failed', draft, failure: event.failure } }
    case 'attemptEnded':
      return { ...state, form: { type: 'closed' }, drafts: without(state.drafts, key) }
  }
}

function editing(draft: ConnectionDraft): ConnectionForm {
  return { type: 'editing', draft }
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const rest = new Map(map)
  rest.delete(key)
  return rest
}

/** The window's one store of profiles. */
export const profileStore = createStore<ProfileState>(() => initialProfileState)

/** Notes that something happened. */
export function tellProfiles(event: ProfileEvent): void {
  profileStore.setState((state) => reduceProfiles(state, event), true)
}
