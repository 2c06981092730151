import type { PlannedStep, RunPlan } from './run-plan'

/**
 * The steps of the shown plan that somebody else has done meanwhile, when that is all by which the fresh plan differs: the rest is the
 * same, with the same texts, in the same order. Null when the fresh plan is another one, which has to be shown first.
 */
export function doneElsewhere(shown: RunPlan, fresh: RunPlan): readonly PlannedStep[] | null {
  if (shown.direction !== fresh.direction || shown.action.kind === 'redo') return null
  const done: PlannedStep[] = []
  let next = 0
  for (const step of shown.steps) {
    const same = fresh.steps[next]
    if (same?.name === step.name) {
      if (factsOf(same) !== factsOf(step)) return null
      next += 1
    } else done.push(step)
  }
  return next === fresh.steps.length && done.length > 0 ? done : null
}

/** What a step runs and records; why it is in the plan may have changed with what others did. */
function factsOf({ direction, script, down, isMark = false, resume }: PlannedStep): string {
  return JSON.stringify([direction, script.text, down?.text ?? null, isMark, resume ?? null])
}
