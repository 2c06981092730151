import type { LossFinding, LostTransaction, SessionId, SessionLoss } from '../../../contract/session'
import type { Session } from './session'

/** Lost sessions that can still be asked about; older ones are forgotten. */
const KEPT = 200

/** A lost session as it is asked about. */
export type LostSession = Omit<SessionLoss, 'failure'>

interface Known {
  /** False behind a pooler, whose process ids mean nothing to the server. */
  readonly hasServerPid: boolean
  /** The transaction that a COMMIT was sent for; null when none was noted. */
  readonly transactionId: string | null
}

// After a restart of the engine nothing is known but what the window remembers.
const NOTHING_KNOWN: Known = { hasServerPid: true, transactionId: null }

/** What became of the transaction, as far as it is known at the moment of the loss. */
export function lostTransactionOf(session: Session): LostTransaction {
  const { lostBecause, transactionStatus, lossUnder, isLossAnswered } = session
  if (lossUnder === 'commit') return 'unknown'
  if (lossUnder === 'statement' && transactionStatus === 'none') return isLossAnswered ? 'rolled back' : 'unknown'
  if (transactionStatus === 'none') return 'none'
  // 57P01, 25P03 and their like: the server said why it ends the session, and what was open ends with it.
  return lostBecause?.code === undefined ? 'held' : 'rolled back'
}

/** Sessions that were lost, remembered so that the server can be asked what became of them. */
export class LostSessions {
  private readonly known = new Map<SessionId, Known>()

  /** Notes a session that has just been lost. */
  note(session: Session): void {
    const { hasServerPid, transactionId } = session
    this.known.set(session.id, { hasServerPid, transactionId })
    const [oldest] = this.known.keys()
    if (this.known.size > KEPT && oldest !== undefined) this.known.delete(oldest)
  }

  /** Asks the server, on another session of the same profile, what became of a lost one. */
  async check(lost: LostSession, witness: Session): Promise<LossFinding> {
    const { hasServerPid, transactionId } = this.known.get(lost.sessionId) ?? NOTHING_KNOWN
    if (transactionId !== null) {
      const status = await transactionStatus(witness, transactionId)
      if (status !== null) return inWords(status, transactionId)
    }
    if (!hasServerPid) {
      return { transaction: 'unknown', message: 'A connection pooler stands between: the server cannot be asked.' }
    }
    const [row] = (await witness.query(PROCESS, [String(lost.backendPid)])).rows
    return row === undefined ? gone(lost) : stillThere(lost, row)
  }
}

function stillThere(lost: LostSession, row: readonly (string | null)[]): LossFinding {
  const [state, seconds] = row
  const since = seconds == null ? '' : ` for ${seconds} s`
  const message = `Server process ${lost.backendPid} is still there (${state ?? 'its state is not shown to this role'}${since}): it has not noticed the loss yet. Check again in a moment.`
  return { transaction: 'in progress', message }
}

function gone(lost: LostSession): LossFinding {
  const process = `Server process ${lost.backendPid} is gone`
  if (lost.transaction !== 'unknown') {
    return { transaction: 'rolled back', message: `${process}, and its open transaction with it.` }
  }
  const message = `${process}. The statement took effect whole or not at all: look at its data before running it again.`
  return { transaction: 'unknown', message }
}

const PROCESS = `select state, pg_catalog.floor(extract(epoch from pg_catalog.clock_timestamp() operator(pg_catalog.-) state_change))::pg_catalog.text
from pg_catalog.pg_stat_activity where pid operator(pg_catalog.=) $1::pg_catalog.int4`

/** Source: PostgreSQL documentation, "Transaction ID and Snapshot Information Functions"; null when it is too old to be known. */
async function transactionStatus(witness: Session, id: string): Promise<string | null> {
  const { rows } = await witness.query('select pg_catalog.txid_status($1::pg_catalog.int8)', [id])
  return rows[0]?.[0] ?? null
}

function inWords(status: string, id: string): LossFinding {
  const name = `Transaction ${id}`
  if (status === 'committed') {
    return { transaction: 'committed', message: `${name} was committed: its changes are in the database.` }
  }
  if (status === 'aborted') {
    return { transaction: 'rolled back', message: `${name} was rolled back: nothing of it is in the database.` }
  }
  return { transaction: 'in progress', message: `${name} is still in progress on the server. Check again in a moment.` }
}
