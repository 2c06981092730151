import type { Blocker, ForeignFolder } from '../../../../contract/migration'
import type { Session } from '../../session/session'
import type { Resuming } from '../history-marks'
import type { FolderContents } from '../migration-folder'
import type { AppliedRecord, FailedRecord, History, KeptTexts } from '../migration-history'

/** The bookkeeping of applied migrations in a database: ours, or that of the tool whose folder it is. */
export interface Ledger {
  /** Whose bookkeeping it is, e.g. `yoyo`. */
  readonly tool: string
  /** False where nothing says that a migration without a transaction is at work, or has failed. */
  readonly keepsUnfinished: boolean
  /** Takes the tool's own lock, beside ours, if nobody holds it: until the open transaction ends, or until `unlock`. Never waits. */
  tryLock(session: Session, scope: 'transaction' | 'session'): Promise<boolean>
  unlock(session: Session): Promise<void>
  /** Who holds the tool's own lock; null when nobody does. */
  readHolder(session: Session): Promise<Blocker | null>
  /** Reads the history; writes nothing, whatever is or is not there. */
  readHistory(session: Session): Promise<History>
  /** The texts kept of one migration; null when it is not in the history. */
  readKeptTexts(session: Session, name: string): Promise<KeptTexts | null>
  /** The status of one migration in the history now; null when it is not there. */
  readStatus(session: Session, name: string): Promise<string | null>
  /** The question of `readStatus`, to be asked together with others; absent where it takes more than one statement. */
  readonly statusStatement?: (name: string) => string
  /** What `recordApplied` does, with the transaction's own time, to be done together with others; absent where it takes more. */
  readonly appliedStatement?: (record: AppliedRecord) => string
  /** Creates the history inside the open transaction, which must hold the migration lock. */
  createHistory(session: Session): Promise<void>
  /** Records a migration as applied, in the transaction that applied it. */
  recordApplied(session: Session, record: AppliedRecord, elapsedMs: number): Promise<void>
  /** Records a migration as running, committed before its first statement: it has no transaction that could undo it. */
  recordRunning(session: Session, record: AppliedRecord): Promise<void>
  /** Records that a migration without a transaction is being rolled back; false when it was not applied. */
  recordRollingBack(
    session: Session,
    name: string,
    statementCount: number,
    script: { readonly text: string; readonly checksum: string },
  ): Promise<boolean>
  /** Records the last statement that completed. */
  recordProgress(session: Session, name: string, statementNumber: number): Promise<void>
  /** Turns a running migration into an applied one. */
  recordCompleted(session: Session, name: string, elapsedMs: number): Promise<void>
  /** Removes a migration from the history; false when it was not there. */
  recordRolledBack(session: Session, name: string, elapsedMs: number): Promise<boolean>
  /** Records a failure; `keepsState` marks a migration without a transaction as failed where it stopped. */
  recordFailed(session: Session, record: FailedRecord, keepsState: boolean): Promise<void>
  /** Records a migration that stopped half-way as running again, on from a statement; false when it did not stand half-way. */
  recordResuming(session: Session, record: AppliedRecord, resuming: Resuming): Promise<boolean>
  /** Records a migration as applied though nothing of it is run; false when it is already. */
  recordMarked(session: Session, record: AppliedRecord): Promise<boolean>
  /** Takes a migration out of the history though nothing of it is rolled back; false when it was not there. */
  recordUnmarked(session: Session, name: string): Promise<boolean>
}

/** A migration folder as it is worked with: its files, and where what was applied is recorded. */
export interface OpenFolder {
  /** Null when no folder was chosen. */
  readonly contents: FolderContents | null
  readonly ledger: Ledger
  /** What it means that it is another tool's; null when it is ours. */
  readonly foreign: ForeignFolder | null
}
