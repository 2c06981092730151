import type { Failure } from '../../contract/failure'
import type { Profile } from '../../contract/profile'
import type { SessionFacts } from '../../contract/session'

/** A profile that was opened, or why not; null when the person is being asked something first, or went on to something else. */
export type Opened =
  | { readonly ok: true; readonly profile: Profile; readonly facts: SessionFacts }
  | { readonly ok: false; readonly failure: Failure | null }

/** What a component calls when a profile reached a session. */
export type OnOpen = (profile: Profile, facts: SessionFacts) => void
