import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Failure } from '../../contract/failure'
import type { Loss, LossEvent } from '../../contract/loss'
import type { ProfileId } from '../../contract/profile'

/** What is known of the losses of the shown plan. */
export type LossReport =
  | { readonly kind: 'looking' }
  | {
      readonly kind: 'found'
      readonly method: 'none' | 'tried' | 'read'
      /** Why the plan could not be tried; null when it was. */
      readonly note: string | null
      /** True when it can be tried as soon as the user asks for it. */
      readonly isTriable: boolean
      readonly losses: readonly Loss[]
      readonly isCounting: boolean
    }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** A file with rows that would be lost, by the oid of their table. */
export type KeptRows =
  | { readonly kind: 'writing'; readonly rows: number }
  | { readonly kind: 'written'; readonly rows: number; readonly file: string }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** The losses of one plan. */
export interface PlanLosses {
  readonly digest: string
  readonly report: LossReport
  readonly kept: Readonly<Record<number, KeptRows>>
}

const store = createStore<Readonly<Record<ProfileId, PlanLosses>>>(() => ({}))

/** The losses of the profile's shown plan; undefined when none is shown. */
export function useLosses(profileId: ProfileId, digest: string): PlanLosses | undefined {
  return useStore(store, (all) => (all[profileId]?.digest === digest ? all[profileId] : undefined))
}

/** Notes that the losses of a plan are looked for. */
export function lookForLosses(profileId: ProfileId, digest: string): void {
  store.setState({ [profileId]: { digest, report: { kind: 'looking' }, kept: {} } })
}

/** Notes what became known of the losses of a plan; of another one than the shown nothing is noted. */
export function noteReport(profileId: ProfileId, digest: string, change: (report: LossReport) => LossReport): void {
  const now = store.getState()[profileId]
  if (now?.digest === digest) store.setState({ [profileId]: { ...now, report: change(now.report) } })
}

/** Notes what became of the file with a table's rows. */
export function noteKept(profileId: ProfileId, digest: string, oid: number, kept: KeptRows): void {
  const now = store.getState()[profileId]
  if (now?.digest === digest) store.setState({ [profileId]: { ...now, kept: { ...now.kept, [oid]: kept } } })
}

/** A report after an event of the engine. */
export function afterLossEvent(before: LossReport, event: LossEvent): LossReport {
  if (event.type === 'lossesFound') {
    const { method, note, isTriable, losses } = event
    return { kind: 'found', method, note, isTriable, losses, isCounting: losses.some((loss) => loss.counted === null) }
  }
  if (before.kind !== 'found') return before
  const losses = before.losses.map((loss) => (loss.id === event.id ? { ...loss, counted: event.counted } : loss))
  return { ...before, losses, isCounting: losses.some((loss) => loss.counted === null) }
}

/** A report after its stream ended. */
export function afterLossStream(before: LossReport, failure: Failure | null): LossReport {
  if (failure !== null && before.kind === 'looking') return { kind: 'failed', failure }
  return before.kind === 'found' ? { ...before, isCounting: false } : before
}
