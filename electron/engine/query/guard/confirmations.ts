import { createHash, randomUUID } from 'node:crypto'
import type { CheckInput } from '../../../../contract/guard'
import type { Confirmation } from '../../../../contract/query'
import type { SessionFacts, SessionId } from '../../../../contract/session'

/** Confirmations that wait to be used; the oldest goes when there are more. */
const KEPT = 100

/** The proofs that somebody was asked: each is good for one run of exactly what was shown, in the same session and database. */
export class Confirmations {
  private readonly given = new Map<Confirmation, string>()

  /** Mints one for what was just shown. */
  mint(facts: Pick<SessionFacts, 'sessionId' | 'database'>, input: CheckInput): Confirmation {
    const confirmation = randomUUID() as Confirmation // branded here: this is where they come from
    this.given.set(confirmation, digest(facts, input))
    const [oldest] = this.given.keys()
    if (this.given.size > KEPT && oldest !== undefined) this.given.delete(oldest)
    return confirmation
  }

  /** Uses one up; true when it was for exactly this. */
  take(
    confirmation: Confirmation | undefined,
    facts: { readonly sessionId: SessionId; readonly database: string },
    input: CheckInput,
  ): boolean {
    if (confirmation === undefined) return false
    const known = this.given.get(confirmation)
    this.given.delete(confirmation)
    return known === digest(facts, input)
  }
}

function digest(facts: { readonly sessionId: SessionId; readonly database: string }, input: CheckInput): string {
  const { script, range, parameters = [], commitMode, onFailure = 'stop' } = input
  const values = parameters.map(({ name, value }) => [name, value])
  const what = [facts.sessionId, facts.database, range?.from, range?.to, values, commitMode, onFailure, script]
  return createHash('sha256').update(JSON.stringify(what)).digest('hex')
}
