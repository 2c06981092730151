import { createHash, randomUUID } from 'node:crypto'
import type { CheckInput } from '../../../../contract/guard'
import type { Confirmation } from '../../../../contract/query'
import type { SessionFacts, SessionId } from '../../../../contract/session'

/** Confirmations that wait to be used; the oldest goes when there are more. */
const KEPT = 100

/** What of a profile decides what is asked. */
export interface GuardRules {
  readonly isGuarded: boolean
  /** The server refuses what writes, so that it is not asked about. */
  readonly isReadOnly: boolean
}

/** The proofs that somebody was asked: each is good for one run of exactly what was shown, in the same session and database, by the same rules. */
export class Confirmations {
  private readonly given = new Map<Confirmation, string>()

  /** Mints one for what was just shown. */
  mint(facts: Pick<SessionFacts, 'sessionId' | 'database'>, input: CheckInput, rules: GuardRules): Confirmation {
    const confirmation = randomUUID() as Confirmation // branded here: this is where they come from
    this.given.set(confirmation, digest(facts, input, rules))
    const [oldest] = this.given.keys()
    if (this.given.size > KEPT && oldest !== undefined) this.given.delete(oldest)
    return confirmation
  }

  /** Uses one up; true when it was for exactly this. */
  take(
    confirmation: Confirmation | undefined,
    facts: { readonly sessionId: SessionId; readonly database: string },
    input: CheckInput,
    rules: GuardRules,
  ): boolean {
    if (confirmation === undefined) return false
    const known = this.given.get(confirmation)
    this.given.delete(confirmation)
    return known === digest(facts, input, rules)
  }
}

function digest(
  facts: { readonly sessionId: SessionId; readonly database: string },
  input: CheckInput,
  { isGuarded, isReadOnly }: GuardRules,
): string {
  const { script, range, parameters = [], commitMode, onFailure = 'stop' } = input
  const values = parameters.map(({ name, value }) => [name, value])
  const rules = [isGuarded, isReadOnly]
  const what = [facts.sessionId, facts.database, rules, range?.from, range?.to, values, commitMode, onFailure, script]
  return createHash('sha256').update(JSON.stringify(what)).digest('hex')
}
