import { planResume } from './plan-resume'
import { planMark, planRedo } from './plan-settling'
import { finishPlan, obstacles, type PlanInput, planRun, type Refusals, type RunPlan } from './run-plan'

/** Plans whatever was asked for: applying, rolling back, redoing, marking, or going on where a migration stopped half-way. */
export function planAction(input: PlanInput): RunPlan {
  const { action } = input
  switch (action.kind) {
    case 'redo':
      return withoutObstacles(input, null, (refusals) => {
        return finishPlan(input, 'apply', planRedo(input, action.name, refusals), refusals)
      })
    case 'mark as applied':
    case 'mark as not applied':
      return withoutObstacles(input, action.name, (refusals) => {
        const direction = action.kind === 'mark as applied' ? 'apply' : 'roll back'
        return finishPlan(input, direction, planMark(input, action.name, direction, refusals), refusals)
      })
    case 'resume':
    case 'retry':
    case 'drop index and retry':
      return withoutObstacles(input, action.name, (refusals) => {
        const direction = input.rows.find((row) => row.name === action.name)?.direction ?? 'apply'
        return finishPlan(input, direction, planResume(input, action, refusals), refusals)
      })
    default:
      return planRun(input)
  }
}

function withoutObstacles(input: PlanInput, except: string | null, make: (refusals: Refusals) => RunPlan): RunPlan {
  const refusals = obstacles(input, except)
  return refusals.length === 0 ? make(refusals) : finishPlan(input, 'apply', [], refusals)
}
