import type { SecretKind } from '../../../contract/secret'

/** Which secret of which profile; `offered` is one that has not worked yet, beside the `kept` one that it may replace. */
export interface SecretKey {
  readonly profileId: string
  readonly kind: SecretKind
  readonly slot: 'kept' | 'offered'
}

/** What a shelf has for a key and a seal. */
export type Look =
  | { readonly state: 'found'; readonly secret: string }
  | { readonly state: 'none' | 'other target' | 'locked' | 'unreadable' }

/** One place where secrets lie. Whatever it cannot read it leaves as it is. */
export interface SecretShelf {
  /** Replaces what lies under the key. Rejects, with nothing changed, when it cannot be kept. */
  put(key: SecretKey, seal: string, secret: string): Promise<void>
  look(key: SecretKey, seal: string): Promise<Look>
  /** Makes the offered secret the kept one; without effect when there is none. */
  promote(profileId: string, kind: SecretKind): Promise<void>
  remove(key: SecretKey): Promise<void>
  /** Removes everything of a profile. */
  forget(profileId: string): Promise<void>
}
