import type { SealedTarget } from '../../../contract/profile'
import type { SecretKeeper, SecretKind, SecretState } from '../../../contract/secret'
import { sealOf } from './seal'
import type { SecretKey, SecretShelf } from './shelf'

/** Which secret of which profile, and for what target. */
export interface SecretQuestion {
  readonly profileId: string
  readonly kind: SecretKind
  readonly target: SealedTarget
}

/** Where the store lays secrets, in the order in which it looks. */
export type Shelves = Readonly<Record<SecretKeeper, SecretShelf>>

/**
 * The secrets of profiles. One that was typed is offered: it is used from then on, and becomes the kept one when it has worked; when the
 * server refuses it, it is dropped and the kept one is there as before. Each is given out for exactly the target it was typed for.
 */
export class SecretStore {
  private readonly shelves: Shelves
  /** What was given out, and not heard of since: the number of the offer when it was an offered one. */
  private readonly lent = new Map<number, { readonly key: SecretKey; readonly offer: number }>()
  private readonly offers = new Map<string, number>()
  private lastOffer = 0
  private last: Promise<unknown> = Promise.resolve()

  constructor(shelves: Shelves) {
    this.shelves = shelves
  }

  /** Takes a secret that was typed. Rejects when it cannot be kept there. */
  offer({ profileId, kind, target }: SecretQuestion, secret: string, keeper: SecretKeeper): Promise<void> {
    return this.inTurn(async () => {
      const key: SecretKey = { profileId, kind, slot: 'offered' }
      await this.shelves[keeper].put(key, sealOf(target), secret)
      for (const other of this.others(keeper)) await other.remove(key)
      this.lastOffer += 1
      this.offers.set(`${profileId} ${kind}`, this.lastOffer)
    })
  }

  /** The secret for exactly this target; null when none is kept. `loan` is the number under which `noteOutcome` hears of it. */
  lend({ profileId, kind, target }: SecretQuestion, loan: number): Promise<string | null> {
    return this.inTurn(async () => {
      const seal = sealOf(target)
      for (const slot of ['offered', 'kept'] as const) {
        const key: SecretKey = { profileId, kind, slot }
        for (const shelf of Object.values(this.shelves)) {
          const found = await shelf.look(key, seal)
          if (found.state !== 'found') continue
          this.lent.set(loan, { key, offer: this.offers.get(`${profileId} ${kind}`) ?? 0 })
          return found.secret
        }
      }
      return null
    })
  }

  /** Notes what became of a secret that was given out. */
  noteOutcome(loan: number, outcome: 'worked' | 'refused'): Promise<void> {
    return this.inTurn(async () => {
      const lent = this.lent.get(loan)
      this.lent.delete(loan)
      if (lent?.key.slot !== 'offered') return
      const { profileId, kind } = lent.key
      // Another one was offered meanwhile: of that nothing is known yet.
      if ((this.offers.get(`${profileId} ${kind}`) ?? 0) !== lent.offer) return
      for (const [keeper, shelf] of this.entries()) {
        if (outcome === 'refused') await shelf.remove(lent.key)
        else if (await this.holds(shelf, lent.key)) {
          await shelf.promote(profileId, kind)
          for (const other of this.others(keeper)) await other.remove({ profileId, kind, slot: 'kept' })
        }
      }
    })
  }

  /** Where the secret for exactly this target is kept, or why the one that is kept is not given out. */
  state({ profileId, kind, target }: SecretQuestion): Promise<SecretState> {
    return this.inTurn(async () => {
      const seal = sealOf(target)
      let hindered: SecretState = { place: 'nowhere', hindrance: null }
      for (const slot of ['offered', 'kept'] as const) {
        for (const [place, shelf] of this.entries()) {
          const { state } = await shelf.look({ profileId, kind, slot }, seal)
          if (state === 'found') return { place, hindrance: null }
          if (state !== 'none' && hindered.hindrance !== 'unreadable') hindered = { place, hindrance: state }
        }
      }
      return hindered
    })
  }

  /** Forgets one secret, wherever it lies. */
  forget(profileId: string, kind: SecretKind): Promise<void> {
    return this.inTurn(async () => {
      for (const shelf of Object.values(this.shelves))
        for (const slot of ['offered', 'kept'] as const) await shelf.remove({ profileId, kind, slot })
    })
  }

  /** Forgets all secrets of a profile. */
  forgetProfile(profileId: string): Promise<void> {
    return this.inTurn(async () => {
      for (const shelf of Object.values(this.shelves)) await shelf.forget(profileId)
    })
  }

  private async holds(shelf: SecretShelf, key: SecretKey): Promise<boolean> {
    return (await shelf.look(key, '')).state !== 'none'
  }

  private entries(): [SecretKeeper, SecretShelf][] {
    return Object.entries(this.shelves) as [SecretKeeper, SecretShelf][] // the keys of a Record over SecretKeeper
  }

  private others(keeper: SecretKeeper): SecretShelf[] {
    return this.entries().flatMap(([name, shelf]) => (name === keeper ? [] : [shelf]))
  }

  /** One at a time: each reads what the one before has written. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work)
    this.last = turn.catch(() => {})
    return turn
  }
}
