import { refusal } from '../failure-error'
import { loadParser } from '../parse/parser'
import { readOnlyBegin } from './read-only-begin'
import type { Session } from './session'

/** What stands around a statement while it runs. */
export interface Frame {
  /** What is sent in the statement's place: its own text, but for a BEGIN on a read-only connection. */
  readonly text: string
  /** To be called once the statement has ended, whichever way, with its command tag; throws when the COMMIT around it fails. */
  end(tag: string | null): Promise<void>
}

// A transaction that is read-only cannot be made read-write any more once it has a snapshot (variable.c, check_transaction_read_only).
const SNAPSHOT = 'select 1'

/**
 * Has the server keep a statement from writing: it runs alone in a READ ONLY transaction that has its snapshot already, so that nothing in it
 * can make the transaction read-write, and a COMMIT in it ends what may be done in the same message. In a transaction of the user's own that
 * is said anew before every statement: COMMIT AND CHAIN begins one without a snapshot. Nothing rests on what the text looks like to us.
 */
export async function readOnlyFrame(session: Session, text: string): Promise<Frame> {
  const asItIs: Frame = { text, end: async () => {} }
  switch (session.transactionStatus) {
    case 'aborted':
      return asItIs // the server takes nothing but its end
    case 'open':
      await session.queryTogether(['set transaction read only', SNAPSHOT])
      return { text, end: () => refuseWritten(session) }
    case 'none': {
      const begin = readOnlyBegin(await loadParser(), text)
      if (begin !== null) return { text: begin, end: () => takeSnapshot(session) }
      await beginReadOnly(session)
      return { text, end: (tag) => endOwn(session, tag) }
    }
  }
}

/** Opens a READ ONLY transaction that nothing can make read-write. */
export async function beginReadOnly(session: Session): Promise<void> {
  try {
    await session.queryTogether(['begin transaction read only', SNAPSHOT])
  } catch (error) {
    await rollBack(session)
    throw error
  }
}

async function takeSnapshot(session: Session): Promise<void> {
  if (session.transactionStatus !== 'open') return
  try {
    await session.query(SNAPSHOT)
  } catch (error) {
    await rollBack(session)
    throw error
  }
}

const BEGINS = new Set(['BEGIN', 'START TRANSACTION'])

/** Ends the transaction around one statement: what it set for the session stays, as it does without the transaction. */
async function endOwn(session: Session, tag: string | null): Promise<void> {
  // The server read it as a BEGIN, and warned that there was a transaction: it is the user's from now on.
  if (BEGINS.has(tag ?? '') && session.transactionStatus === 'open') return
  try {
    await refuseWritten(session)
    if (session.transactionStatus === 'open') await session.query('commit')
  } finally {
    await rollBack(session)
  }
}

/** Servers whose transactions have ids only when they write. */
const HAS_IDS: ReadonlySet<string> = new Set(['postgresql', 'citus'])

/**
 * Rolls back what wrote all the same, which has a transaction id: EXPLAIN ANALYZE CREATE TABLE AS makes its table in a READ ONLY transaction,
 * also from within a function, and before PostgreSQL 16 RESET lifted it. What locks or rewrites a whole table has an id too.
 */
async function refuseWritten(session: Session): Promise<void> {
  const { kind } = session.server.facts
  if (session.transactionStatus !== 'open' || !HAS_IDS.has(kind)) return
  const { rows } = await session.query('select pg_catalog.txid_current_if_assigned()')
  if (rows[0]?.[0] == null) return
  await rollBack(session)
  const major = Number.parseInt(session.facts.serverVersion, 10)
  throw refusal(
    'transaction',
    `This connection is read-only, and this would have written all the same, or locked a table as what writes does: PostgreSQL ${major} lets it. The transaction was rolled back.`,
  )
}

async function rollBack(session: Session): Promise<void> {
  if (session.transactionStatus === 'none' || session.lostBecause !== null) return
  await session.query('rollback').catch(() => {}) // what failed before says more
}

/** Whether `default_transaction_read_only` was last set by us in a session; one that is not here is as it was opened. */
const marks = new WeakMap<Session, boolean>()

/**
 * Has the session begin its transactions read-only by itself, or takes that back: a second fence behind the one around each statement.
 * Not behind a pooler, which would pass the setting on to the sessions of others.
 */
export async function markReadOnly(session: Session, isReadOnly: boolean): Promise<void> {
  const isMarked = marks.get(session) ?? session.settings.isReadOnly
  if (isMarked === isReadOnly || session.transactionStatus !== 'none' || !session.hasServerPid) return
  marks.set(session, isReadOnly)
  await session.query(isReadOnly ? 'set default_transaction_read_only = on' : 'reset default_transaction_read_only')
}
