import type { Channel } from '../../../../contract/define'
import type { LossEvent } from '../../../../contract/loss'
import type { Session } from '../../session/session'
import type { PlannedStep, RunPlan } from '../run-plan'
import { countLosses } from './count-losses'
import { isOpaque } from './loss-words'
import { readPlan } from './read-plan'
import { tryPlan } from './try-plan'

/** What finding losses needs. */
export interface LossSources {
  readonly openSession: () => Promise<Session>
  readonly isDirect: (session: Session) => Promise<boolean>
  /** False while the plan's locks are not to be taken, not even for a moment. */
  readonly mayTry: boolean
}

/**
 * Tells what a plan destroys, then how much of each: found by running it in a transaction that is rolled back, else by its words.
 * The session is opened only when a statement may destroy data, and ended. Closing the channel stops it.
 */
export async function findLosses(
  whole: RunPlan,
  { openSession, isDirect, mayTry }: LossSources,
  channel: Channel<LossEvent>,
): Promise<void> {
  const plan = { ...whole, steps: whole.steps.filter((step) => step.isMark !== true).map(stillToRun) }
  // How a quote is read makes no difference to the question whether there is anything to find.
  const mayDestroy = plan.steps.some(({ script }) =>
    script.statements.some(({ text, destroys }) => destroys || isOpaque(text, true)),
  )
  if (!mayDestroy) {
    channel.send({ type: 'lossesFound', method: 'none', note: null, isTriable: false, losses: [] })
    return
  }
  const stop = new AbortController()
  const session = await openSession()
  channel.onClose(() => {
    stop.abort()
    void session.cancel().catch(() => {})
  })
  try {
    const tried = mayTry ? await tryPlan(session, plan, await isDirect(session), stop.signal) : null
    const isTried = tried !== null && 'losses' in tried
    const losses = (isTried ? tried.losses : await readPlan(session, plan)).map((loss, id) => ({ ...loss, id }))
    const why = tried !== null && 'because' in tried ? [tried.because] : []
    channel.send({
      type: 'lossesFound',
      method: isTried ? 'tried' : 'read',
      note: isTried ? overwriting(tried.overwritten) : [...why, ...unread(plan, session.hasStandardStrings)].join(' '),
      isTriable: tried === null && plan.steps.every((step) => step.script.header.isTransactional),
      losses,
    })
    await countLosses(session, losses, (id, counted) => channel.send({ type: 'lossCounted', id, counted }), stop.signal)
  } finally {
    await session.end()
  }
}

/** What is overwritten stands in the row still, so it is not counted with what is gone. */
function overwriting(tables: readonly string[]): string | null {
  return tables.length === 0 ? null : `Overwritten, and not counted as lost: ${tables.join(', ')}.`
}

/** A step that goes on half-way has done a part already. */
function stillToRun(step: PlannedStep): PlannedStep {
  if (step.resume === undefined) return step
  return { ...step, script: { ...step.script, statements: step.script.statements.slice(step.resume.skips) } }
}

/** Where the words of a plan leave open what is destroyed. */
function unread(plan: RunPlan, hasStandardStrings: boolean): readonly string[] {
  const places = plan.steps.flatMap(({ script }) =>
    script.statements
      .filter(({ text }) => isOpaque(text, hasStandardStrings))
      .map(({ line }) => `line ${line} of ${script.file}`),
  )
  if (places.length === 0) return []
  const more = places.length > 2 ? ` and ${places.length - 2} more` : ''
  return [`What else ${places.slice(0, 2).join(', ')}${more} destroys, the words do not say.`]
}
