import type { Failure } from '../../contract/failure'
import type { Danger } from '../../contract/guard'
import type { ProfileId } from '../../contract/profile'
import type {
  CommitMode,
  HeardNotice,
  OnFailure,
  ResultColumn,
  ResultId,
  RunEvent,
  TabRemains,
  TextRange,
  Uncommitted,
  WantedParameter,
} from '../../contract/query'
import type { RunOptions } from '../../contract/run-options'
import type { SessionFacts, SessionLoss, TransactionStatus } from '../../contract/session'
import { NOTHING_UNCOMMITTED } from '../../contract/uncommitted'
import type { TabId } from '../../contract/workspace'

/** A tab's backend. */
export type SessionSituation =
  | { readonly kind: 'none' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly facts: SessionFacts }
  | { readonly kind: 'lost'; readonly loss: SessionLoss }

/** How a tab's last run stands. */
export type RunSituation =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'running'
      readonly startedAt: number
      readonly statement: number
      /** When Cancel was pressed; null while it was not. */
      readonly cancelAskedAt: number | null
    }
  | { readonly kind: 'complete'; readonly elapsedMs: number }
  | { readonly kind: 'failed'; readonly elapsedMs: number; readonly statement: number; readonly failure: Failure }
  | { readonly kind: 'cancelled'; readonly elapsedMs: number }
  | { readonly kind: 'lost'; readonly elapsedMs: number; readonly failure: Failure }

/** One statement of the last run. */
export interface StatementView {
  readonly range: TextRange
  /** Its text, cut for lists. */
  readonly text: string
  readonly state: 'not run' | 'running' | 'complete' | 'failed'
  readonly commandTag: string
  readonly rows: number | null
  readonly elapsedMs: number
  readonly remark: string | null
  readonly notices: readonly HeardNotice[]
  /** Notices that were counted, but not kept. */
  readonly droppedNotices: number
  readonly failure: Failure | null
  readonly place: TextRange | null
}

/** The rows of one statement of the last run. */
export interface ResultView {
  readonly resultId: ResultId
  readonly statement: number
  readonly columns: readonly ResultColumn[]
  readonly rowCount: number
  readonly isGrowing: boolean
  readonly firstPage: Uint8Array | null
  /** Set while reading is paused at a limit, until it is told to go on or to stop. */
  readonly paused: { readonly reason: 'rows' | 'bytes'; readonly byteCount: number } | null
  /** True when the statement ended before all its rows had come. */
  readonly isFirstPart: boolean
  /** True when the session it came from is gone: the rows are from before. */
  readonly isFromBefore: boolean
}

/** What is run in a tab: the statements of the range, or of the whole script. */
export interface RunRequest {
  readonly tabId: TabId
  readonly profileId: ProfileId
  readonly script: string
  readonly range: TextRange | null
}

/** What was typed for a parameter; the text stays when it is sent as NULL. */
export interface ParameterEntry {
  readonly text: string
  readonly isNull: boolean
}

/** A run that waits for the values of its parameters. */
export interface ParameterQuestion {
  readonly request: RunRequest
  readonly wanted: readonly WantedParameter[]
}

/** What is asked before a run on production. */
export interface GuardQuestion {
  /** The database that the session is in. */
  readonly database: string
  /** Statements that would run. */
  readonly statements: number
  readonly dangers: readonly Danger[]
  /** All of them, told or not. */
  readonly dangerCount: number
  /** The estimates that have come, by statement; null where the server cannot say. */
  readonly rows: ReadonlyMap<number, number | null>
}

/** A run on production before it begins: without a question it is still looked for what asks. */
export interface GuardSituation {
  /** How the tab stood before; it does again when the answer is no. */
  readonly before: RunSituation
  readonly question: GuardQuestion | null
}

/** Everything the query pane shows for one tab. */
export interface TabQuery {
  readonly session: SessionSituation
  readonly transaction: {
    readonly status: TransactionStatus
    readonly since: number
    readonly uncommitted: Uncommitted
  }
  readonly commitMode: CommitMode
  readonly onFailure: OnFailure
  /** `statement_timeout` of its runs; null when Strata sets none. */
  readonly timeoutMs: number | null
  /** What was last typed for each parameter, by its name. */
  readonly parameters: ReadonlyMap<string, ParameterEntry>
  /** The form that asks for parameters; null while it is not open. */
  readonly question: ParameterQuestion | null
  /** Before a run on production: what asks is looked for, or asked about; null otherwise. */
  readonly guard: GuardSituation | null
  readonly run: RunSituation
  /** When the last run ended: since then a transaction that is open does nothing. */
  readonly endedAt: number
  /** Number of the run: a new one begins with new results. */
  readonly runNumber: number
  readonly statements: readonly StatementView[]
  readonly results: readonly ResultView[]
  readonly chosen: ResultId | 'messages'
  /** The editor shows the error under its statement until Messages has been looked at, or the text was changed. */
  readonly isErrorOpen: boolean
}

/** What happened to a tab's query. */
export type QueryEvent =
  | { readonly type: 'sessionOpening' }
  /** The idle session was ended by us; the next run opens another one. */
  | { readonly type: 'sessionClosed' }
  | { readonly type: 'sessionOpened'; readonly facts: SessionFacts }
  | { readonly type: 'sessionFailed'; readonly failure: Failure; readonly at: number }
  | { readonly type: 'sessionLost'; readonly loss: SessionLoss; readonly at: number }
  /** A reloaded window found the tab's session, and what was run in it is about to be heard again. */
  | { readonly type: 'sessionRestored'; readonly remains: TabRemains; readonly at: number }
  /** What was chosen for the tab when it was open before. */
  | { readonly type: 'runOptionsRestored'; readonly runOptions: RunOptions }
  | { readonly type: 'runStarted'; readonly at: number }
  | { readonly type: 'cancelAsked'; readonly at: number }
  /** Cancel was pressed before there was a session: nothing was sent. */
  | { readonly type: 'openingGivenUp'; readonly at: number }
  | { readonly type: 'resultChosen'; readonly chosen: ResultId | 'messages' }
  | { readonly type: 'errorClosed' }
  | { readonly type: 'commitModeChosen'; readonly commitMode: CommitMode }
  | { readonly type: 'onFailureChosen'; readonly onFailure: OnFailure }
  | { readonly type: 'timeoutChosen'; readonly timeoutMs: number | null }
  | { readonly type: 'parametersWanted'; readonly question: ParameterQuestion }
  | { readonly type: 'parametersGiven'; readonly entries: ReadonlyMap<string, ParameterEntry> }
  | { readonly type: 'questionClosed' }
  /** Before a run on production it is looked for what asks; results of the last run stay. */
  | { readonly type: 'checkStarted'; readonly at: number }
  | { readonly type: 'guardAsked'; readonly question: GuardQuestion }
  | { readonly type: 'rowsEstimated'; readonly statement: number; readonly rows: number | null }
  /** Answered either way, or nothing asked: the tab is as it was before. */
  | { readonly type: 'checkEnded' }
  | { readonly type: 'runHappened'; readonly event: RunEvent; readonly at: number; readonly script: string }
  | { readonly type: 'streamFailed'; readonly failure: Failure; readonly at: number }

/** No transaction is open. */
export const NO_TRANSACTION: TabQuery['transaction'] = { status: 'none', since: 0, uncommitted: NOTHING_UNCOMMITTED }

/** A tab in which nothing has been run. */
export const NEW_QUERY: TabQuery = {
  session: { kind: 'none' },
  transaction: NO_TRANSACTION,
  commitMode: 'auto',
  onFailure: 'stop',
  timeoutMs: null,
  parameters: new Map(),
  question: null,
  guard: null,
  run: { kind: 'ready' },
  endedAt: 0,
  runNumber: 0,
  statements: [],
  results: [],
  chosen: 'messages',
  isErrorOpen: false,
}
