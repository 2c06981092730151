import type { ProfileId } from '../../../contract/profile'
import type { RunPlan } from './run-plan'

const PLANS_KEPT = 8

/** The plans that were shown last: a run of one need not be planned again while another run holds the lock. */
export class ShownPlans {
  private readonly plans = new Map<string, RunPlan>()

  /** The plan of a digest; null when it is forgotten or was never shown. */
  get(profileId: ProfileId, digest: string): RunPlan | null {
    return this.plans.get(keyOf(profileId, digest)) ?? null
  }

  /** Remembers a plan that can be run, and forgets the oldest beyond a few. */
  add(profileId: ProfileId, plan: RunPlan): void {
    const key = keyOf(profileId, plan.digest)
    this.plans.delete(key)
    this.plans.set(key, plan)
    for (const oldest of this.plans.keys()) {
      if (this.plans.size <= PLANS_KEPT) return
      this.plans.delete(oldest)
    }
  }
}

function keyOf(profileId: ProfileId, digest: string): string {
  return `${profileId} ${digest}`
}
