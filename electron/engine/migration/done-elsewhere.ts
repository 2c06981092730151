import type { PlannedStep, RunPlan } from './run-plan'

/**
 * The steps of the shown plan that somebody else has done meanwhile, when that is all by which the fresh plan differs: the rest is the
 * same, with the same texts, in the same order. Null when the fresh plan is another one, which has to be shown first.
 */
export function doneElsewhere(shown: RunPlan, fresh: RunPlan): readonly PlannedStep[] | null {
  if (shown.direction !== fresh.direction) return null
  const done: PlannedStep[] = []
  let next = 0
  for (const step of shown.steps) {
    const same = fresh.steps[next]
    if (same?.name === step.name) {
      if (same.script.text !== step.script.text) return null
      next += 1
    } else done.push(step)
  }
  return next === fresh.steps.length ? done : null
}
