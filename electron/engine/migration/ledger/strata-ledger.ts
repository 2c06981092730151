import { recordMarked, recordResuming, recordUnmarked } from '../history-marks'
import {
  appliedStatement,
  createHistory,
  readHistory,
  readKeptTexts,
  readStatus,
  recordApplied,
  recordCompleted,
  recordFailed,
  recordProgress,
  recordRolledBack,
  recordRollingBack,
  recordRunning,
  statusStatement,
} from '../migration-history'
import type { Ledger } from './ledger'

/** Our own bookkeeping, in schema strata of the database. */
export const strataLedger: Ledger = {
  tool: 'Strata',
  keepsUnfinished: true,
  // The migration lock is ours already.
  tryLock: async () => true,
  unlock: async () => {},
  readHolder: async () => null,
  readHistory,
  readKeptTexts,
  readStatus,
  statusStatement,
  appliedStatement,
  createHistory,
  recordApplied,
  recordRunning,
  recordRollingBack,
  recordProgress,
  recordCompleted,
  recordRolledBack,
  recordFailed,
  recordResuming,
  recordMarked,
  recordUnmarked,
}
