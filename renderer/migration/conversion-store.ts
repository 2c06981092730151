import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Failure } from '../../contract/failure'
import type { ConversionPlan } from '../../contract/migration-conversion'
import type { ProfileId } from '../../contract/profile'

/** Where "Convert to native" stands. */
export type Conversion =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading'; readonly profileId: ProfileId }
  | { readonly kind: 'unreadable'; readonly profileId: ProfileId; readonly failure: Failure }
  | {
      readonly kind: 'shown'
      readonly profileId: ProfileId
      readonly plan: ConversionPlan
      readonly isWorking: boolean
      /** Why it could not be done; null when it was not tried, or is. */
      readonly failure: Failure | null
    }

const conversionStore = createStore<Conversion>(() => ({ kind: 'none' }))

/** Where the conversion stands now. */
export function conversionNow(): Conversion {
  return conversionStore.getState()
}

/** Puts the conversion somewhere else. */
export function tellConversion(now: Conversion): void {
  conversionStore.setState(now, true)
}

/** The conversion, for a component that shows it. */
export function useConversion(): Conversion {
  return useStore(conversionStore)
}
