import { z } from 'zod'
import { failure } from './failure'
import { type RunOptions, runOptions } from './run-options'
import { sessionFacts, sessionId, sessionLoss, transactionStatus } from './session'
import { bytes, count, milliseconds, oid, opaqueId, scriptText } from './text'
import { tabId } from './workspace'

/** Largest value of a parameter, in UTF-16 units. */
export const MAX_PARAMETER_UNITS: number = 16 * 1024 * 1024

/** Identifies the kept rows of one statement. */
export const resultId = opaqueId.brand<'ResultId'>()
/** Identifies the kept rows of one statement. */
export type ResultId = z.output<typeof resultId>

/** Identifies an arrangement of a result's rows, freed with the result. */
export const viewId = opaqueId.brand<'ViewId'>()
/** Identifies an arrangement of a result's rows. */
export type ViewId = z.output<typeof viewId>

/** A half-open range of a script in UTF-16 units. */
export const textRange = z.strictObject({ from: count, to: count })
/** A half-open range of a script in UTF-16 units. */
export type TextRange = z.output<typeof textRange>

/** A column of a result, as RowDescription gave it; names may repeat. */
export const resultColumn = z.strictObject({
  name: z.string(),
  /** `pg_type.oid` and `typmod`. */
  typeOid: oid,
  typeModifier: z.number().int(),
  /** Name of the type as PostgreSQL writes it, e.g. `numeric(12,2)`; `oid 16402` where it could not be looked up. */
  typeName: z.string(),
  /** Numbers are aligned to the right. */
  isNumeric: z.boolean(),
})
/** A column of a result. */
export type ResultColumn = z.output<typeof resultColumn>

/** A notice or a warning, in the order in which the server sent it. */
export const notice = z.strictObject({
  severity: z.string(),
  code: z.string(),
  message: z.string(),
  detail: z.string().optional(),
  hint: z.string().optional(),
  where: z.string().optional(),
})
/** A notice or a warning. */
export type Notice = z.output<typeof notice>

/** A notice with the time at which it came. */
export const heardNotice = notice.extend({
  /** Milliseconds since 1970, by the clock of this computer. */
  at: milliseconds,
})
/** A notice with the time at which it came. */
export type HeardNotice = z.output<typeof heardNotice>

/** The value of a parameter: sent beside the statement, never written into its text. */
export const runParameter = z.strictObject({
  /** As written in the script, with its mark: `:name` or `$1`. */
  name: z.string().min(1).max(256),
  /** Null for NULL; the empty string is a value. */
  value: scriptText.max(MAX_PARAMETER_UNITS).nullable(),
})
/** The value of a parameter. */
export type RunParameter = z.output<typeof runParameter>

/** A parameter that a script wants a value for. */
export const wantedParameter = z.strictObject({
  name: runParameter.shape.name,
  /** The type that the server infers for it; null where it was not asked, or could not tell. */
  typeName: z.string().nullable(),
})
/** A parameter that a script wants a value for. */
export type WantedParameter = z.output<typeof wantedParameter>

/** Proof that somebody was asked before exactly this is run in exactly this session; good for one run. */
export const confirmation = opaqueId.brand<'Confirmation'>()
/** Proof that somebody was asked before a run. */
export type Confirmation = z.output<typeof confirmation>

/** What is run: the statements of the range, or of the whole script when the range is null. */
export const runInput = z.strictObject({
  sessionId,
  script: scriptText,
  range: textRange.nullable(),
  /** In `manual` a transaction is opened before a statement that would run without one. */
  commitMode: runOptions.shape.commitMode,
  /** What a failed statement means for those after it; `stop` when left out. */
  onFailure: runOptions.shape.onFailure.optional(),
  /** Values for parameters of the statements; one that is not named here is sent as it is written. */
  parameters: z.array(runParameter).max(1000).optional(),
  /** `statement_timeout` for the statements; null takes back one that an earlier run has set, left out changes nothing. */
  statementTimeoutMs: runOptions.shape.statementTimeoutMs.optional(),
  /** From `query.check`; without it a dangerous script is refused on production. */
  confirmation: confirmation.optional(),
})
/** How statements outside a transaction are committed. */
export type CommitMode = RunOptions['commitMode']
/** What a failed statement means for those after it. */
export type OnFailure = RunOptions['onFailure']
/** What is run. */
export type RunInput = z.output<typeof runInput>

const statement = count // number of the statement within the run, from 0

/** What happens during a run, in the past tense, in order. `runEnded` is the last. */
export const runEvent = z.discriminatedUnion('type', [
  /** The script was split; the ranges are those of the statements that will run, in the script. */
  z.strictObject({ type: z.literal('scriptSplit'), statements: z.array(textRange) }),
  z.strictObject({ type: z.literal('statementStarted'), statement }),
  z.strictObject({
    type: z.literal('columnsArrived'),
    statement,
    resultId,
    columns: z.array(resultColumn),
  }),
  /** Type names that had to be looked up on the server arrive after the columns. */
  z.strictObject({ type: z.literal('columnTypesNamed'), statement, resultId, columns: z.array(resultColumn) }),
  /** `firstPage` is a packed window of rows from 0, sent once, with the first count. */
  z.strictObject({
    type: z.literal('rowsCounted'),
    statement,
    resultId,
    rows: count,
    byteCount: count,
    firstPage: bytes.nullable(),
  }),
  /**
   * So much has come that the user is asked: nothing more is read until `result.continue`, or `query.cancel` stops the statement. Until
   * then the server waits, with the statement's snapshot held, and the session can run nothing else.
   */
  z.strictObject({
    type: z.literal('readingPaused'),
    statement,
    resultId,
    /** What there was too much of. */
    reason: z.enum(['rows', 'bytes']),
    rows: count,
    byteCount: count,
  }),
  z.strictObject({ type: z.literal('readingContinued'), statement, resultId }),
  /** Notices come in batches, in the order in which the server sent them; `dropped` counts those of the statement that are not kept. */
  z.strictObject({ type: z.literal('noticesArrived'), statement, notices: z.array(heardNotice), dropped: count }),
  z.strictObject({
    type: z.literal('statementCompleted'),
    statement,
    /** The command tag, e.g. `INSERT 0 3`. */
    commandTag: z.string(),
    resultId: resultId.nullable(),
    /** Rows returned or affected; null where the tag has no count. */
    rows: count.nullable(),
    elapsedMs: milliseconds,
    /** Said beside the result when not all rows were kept; null otherwise. */
    remark: z.string().nullable(),
  }),
  z.strictObject({
    type: z.literal('statementFailed'),
    statement,
    failure,
    /** Where the error stands in the script; null when the server gave no position. */
    place: textRange.nullable(),
    /** Rows that had arrived are kept. */
    resultId: resultId.nullable(),
    elapsedMs: milliseconds,
  }),
  z.strictObject({ type: z.literal('transactionReported'), status: transactionStatus }),
  z.strictObject({
    type: z.literal('runEnded'),
    outcome: z.enum(['complete', 'failed', 'cancelled', 'lost']),
    elapsedMs: milliseconds,
  }),
])
/** What happens during a run. */
export type RunEvent = z.output<typeof runEvent>

/** A run that is followed begins with what it was started with; then come its events from the first on. */
export const followEvent = z.union([
  z.strictObject({
    type: z.literal('runAttached'),
    script: z.string(),
    commitMode: runOptions.shape.commitMode,
    /** Milliseconds since it began. */
    elapsedMs: milliseconds,
  }),
  runEvent,
])
/** What a follower of a run hears. */
export type FollowEvent = z.output<typeof followEvent>

/** What the open transaction of a tab has changed so far, by the command tags of its statements. */
export const uncommitted = z.strictObject({
  /** Statements that changed something. */
  statements: count,
  /** Rows that they inserted, updated or deleted. */
  rows: count,
  /** True after a ROLLBACK TO: what it took back is still counted. */
  isAtMost: z.boolean(),
})
/** What the open transaction of a tab has changed so far. */
export type Uncommitted = z.output<typeof uncommitted>

/** What the engine keeps of a tab: a window that was reloaded takes it up again. */
export const tabRemains = z.strictObject({
  tabId,
  /** Null when the tab has no open session. */
  session: sessionFacts.nullable(),
  transaction: z.strictObject({
    status: transactionStatus,
    sinceMs: milliseconds,
    /** What it had changed when the last run began: what that run did is heard again. */
    uncommitted,
  }),
  /** How its last run was asked to commit, to take failures, and to be limited in time. */
  ...runOptions.shape,
  /** Whether there is a run to follow. */
  hasRun: z.boolean(),
  /** How the session was lost; null when it was not. */
  loss: sessionLoss.nullable(),
})
/** What the engine keeps of a tab. */
export type TabRemains = z.output<typeof tabRemains>

/** Rows of a packed window are at most this many. */
export const WINDOW_ROWS = 200

/** Bytes of a cell shown in the grid; longer values are cut there and fetched whole on demand. */
export const CELL_PREVIEW_BYTES = 4096

/** Asks for the rows [from, from + count) of a result or a view of it; the answer ends where the kept rows end. */
export const windowInput = z.strictObject({
  resultId,
  viewId: viewId.optional(),
  from: count,
  count: z.number().int().min(1).max(WINDOW_ROWS),
})

/** Asks for one whole cell, or a part of a long one. */
export const cellInput = z.strictObject({
  resultId,
  viewId: viewId.optional(),
  row: count,
  column: count,
  /** First byte wanted. */
  from: count,
})

/** Bytes of a cell that one answer carries at most. */
export const CELL_CHUNK_BYTES = 1024 * 1024

/** One cell: NULL, or bytes of the server's text from `from` on. */
export const cellValue = z.strictObject({
  isNull: z.boolean(),
  bytes,
  totalBytes: count,
})
/** One cell. */
export type CellValue = z.output<typeof cellValue>
