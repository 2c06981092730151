import type { Channel } from '../../../../contract/define'
import type { LossEvent } from '../../../../contract/loss'
import type { Session } from '../../session/session'
import type { PlannedStep, RunPlan } from '../run-plan'
import { countLosses } from './count-losses'
import { isOpaque } from './loss-words'
import { readPlan } from './read-plan'
import { tryPlan } from './try-plan'

/**
 * Tells what a plan destroys, then how much of each: found by running it in a transaction that is rolled back, else by its words.
 * The session is opened only when a statement may destroy data, and ended. Closing the channel stops it.
 */
export async function findLosses(
  whole: RunPlan,
  openSession: () => Promise<Session>,
  isDirect: (session: Session) => Promise<boolean>,
  channel: Channel<LossEvent>,
): Promise<void> {
  const plan = { ...whole, steps: whole.steps.filter((step) => step.isMark !== true).map(stillToRun) }
  // How a quote is read makes no difference to the question whether there is anything to find.
  const mayDestroy = plan.steps.some(({ script }) =>
    script.statements.some(({ text, destroys }) => destroys || isOpaque(text, true)),
  )
  if (!mayDestroy) {
    channel.send({ type: 'lossesFound', method: 'none', note: null, losses: [] })
    return
  }
  const stop = new AbortController()
  const session = await openSession()
  channel.onClose(() => {
    stop.abort()
    void session.cancel().catch(() => {})
  })
  try {
    const tried = await tryPlan(session, plan, await isDirect(session), stop.signal)
    const found = 'losses' in tried ? tried.losses : await readPlan(session, plan)
    const losses = found.map((loss, id) => ({ ...loss, id }))
    const note = 'because' in tried ? tried.because : null
    channel.send({ type: 'lossesFound', method: note === null ? 'tried' : 'read', note, losses })
    await countLosses(session, losses, (id, counted) => channel.send({ type: 'lossCounted', id, counted }), stop.signal)
  } finally {
    await session.end()
  }
}

/** A step that goes on half-way has done a part already. */
function stillToRun(step: PlannedStep): PlannedStep {
  if (step.resume === undefined) return step
  return { ...step, script: { ...step.script, statements: step.script.statements.slice(step.resume.skips) } }
}
