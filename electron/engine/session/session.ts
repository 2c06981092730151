import type { ConnectionFailure } from '../../../contract/failure'
import type { SessionSettings } from '../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../contract/profile-defaults'
import type { Notice } from '../../../contract/query'
import type { SessionFacts, SessionId, TransactionStatus } from '../../../contract/session'
import { FailureError } from '../failure-error'
import { requestCancel } from './cancel'
import { Canceller } from './canceller'
import { lostFailure } from './connection-failure'
import { connectionOf, keyOf } from './driver-client'
import { EncodingKeeper } from './encoding-keeper'
import { FramedQuestions } from './framed-questions'
import { KnownServer } from './known-server'
import { endsSession, noticeOf } from './postgres-failure'
import { factsOf, type SessionParts } from './session-parts'
import { type RawStatement, StatementDoor } from './statement-door'
import { effectOf, isCommit } from './statement-effect'
import { statementFailure } from './statement-failure'
import { type TextRows, textRowsOf } from './text-rows'
import type { WireListener, WireTap } from './wire-tap'

/** Hears COPY data, piece by piece: in `bytes` from `start` to `end`, which may be reused afterwards. */
type CopyListener = WireListener['copyData']

/** The `Sync` message: it changes nothing, and is answered with ReadyForQuery. */
const SYNC = Buffer.from([0x53, 0, 0, 0, 4])

/** Milliseconds that a server which has said farewell has to close the connection. */
const LAST_WORDS_MS = 1_000

/** admin_shutdown, crash_shutdown. */
const FAREWELLS: ReadonlySet<string> = new Set(['57P01', '57P02'])

const STATUS: Readonly<Record<number, TransactionStatus>> = { 73: 'none', 84: 'open', 69: 'aborted' }

/**
 * One open backend. Statements run one after the other; the transaction state is the one the server last reported.
 * Whoever opened it must `end()` it.
 */
export class Session {
  readonly id: SessionId
  readonly tap: WireTap
  /** What is known of the server. */
  readonly server: KnownServer
  private readonly parts: SessionParts
  private status: TransactionStatus = 'none'
  private readonly canceller: Canceller
  private readonly door: StatementDoor
  private readonly encoding: EncodingKeeper
  private firstError: unknown
  private isEnding = false
  private loss: ConnectionFailure | null = null
  private readonly lossListeners = new Set<(failure: ConnectionFailure) => void>()
  private noticeListener: (notice: Notice) => void = () => {}
  private copyListener: CopyListener = () => {}
  private endedBecause: { readonly heard: ConnectionFailure; readonly unheard: ConnectionFailure } | null = null
  private busy: Promise<unknown> | null = null
  private isStreamPaused = false
  private framed: FramedQuestions | null = null
  private noted: string | null = null
  private unsent: readonly string[] = []
  private busyWith = ''
  private isAnswered = false
  private under: 'commit' | 'statement' | null = null
  private probe: Promise<void> | null = null

  constructor(parts: SessionParts) {
    this.id = parts.id
    this.parts = parts
    this.tap = parts.tap
    this.door = new StatementDoor(parts.client, parts.tap)
    this.encoding = new EncodingKeeper(parts.client, parts.parameters, () =>
      this.loss !== null || this.isEnding ? 'gone' : this.status,
    )
    // As the session itself: what it encrypted is never said in the clear (CVE-2020-25694).
    const encryption = parts.transport.tls === 'none' ? 'none' : 'tls'
    this.server = new KnownServer(parts.parameters, () => keyOf(parts.client).processID)
    connectionOf(parts.client).on('parameterStatus', ({ parameterName }) => this.server.noteReport(parameterName))
    this.canceller = new Canceller(() => {
      const { processID, secretKey } = keyOf(parts.client)
      return requestCancel(parts.options, encryption, processID, secretKey)
    })
    parts.ports.readyForQuery = (status) => this.noteStatus(STATUS[status] ?? 'none')
    parts.ports.copyData = (bytes, start, end) => this.copyListener(bytes, start, end)
    parts.ports.refused = (error) => this.breakOff(error)
    parts.ports.saidFarewell = () => {
      // The driver takes no statement any more; a server that leaves the connection open would leave the next one without an answer.
      setTimeout(() => this.cut(), LAST_WORDS_MS).unref()
    }
    parts.client.on('error', (error: unknown) => {
      this.firstError ??= error
    })
    parts.client.on('end', () => this.noteEnd())
    parts.client.on('notice', (message: unknown) => {
      const notice = noticeOf(message)
      // An immediate shutdown and a crash are said in a warning, by a process that has no time for more.
      if (FAREWELLS.has(notice.code)) this.firstError ??= message
      this.noticeListener(notice)
    })
  }

  /** What the profile wants of the session. */
  get settings(): SessionSettings {
    return this.parts.options.settings ?? SETTINGS_DEFAULTS
  }

  /** What is known of the session now. */
  get facts(): SessionFacts {
    return factsOf(this.parts, this.server, this.unsent)
  }

  /** The transaction state of the last ReadyForQuery. */
  get transactionStatus(): TransactionStatus {
    return this.status
  }

  /** Whether a backslash is an ordinary character in '…', as the server reports it. */
  get hasStandardStrings(): boolean {
    return this.parts.parameters.get('standard_conforming_strings') !== 'off'
  }

  /** Why the session is gone; null while it lives or was ended by us. */
  get lostBecause(): ConnectionFailure | null {
    return this.loss
  }

  /** True when the server itself knows the session by its `backendPid`; false until that was asked, and behind a pooler. */
  get hasServerPid(): boolean {
    return this.server.hasServerPid
  }

  /** The transaction that the last COMMIT was for, as `txid_status` takes it; null when it had written nothing, or was not asked. */
  get transactionId(): string | null {
    return this.noted
  }

  /** What was under way when the session was lost; null when it was idle. */
  get lossUnder(): 'commit' | 'statement' | null {
    return this.under
  }

  /** True when the server ended the statement under way by an error of its own, so that nothing of it stays. */
  get isLossAnswered(): boolean {
    return this.isAnswered
  }

  /** Asks the server what it is, and by which process id it knows the session. */
  learnServer(): Promise<void> {
    const askRow = async (sql: string) => (await this.query(sql)).rows[0] ?? []
    return this.server.learn(askRow, () => this.loss === null && !this.isEnding)
  }

  /**
   * Gives every further question a transaction of its own, which begins with these settings: behind a pooler what is set for the
   * session reaches other clients, and need not reach the next question.
   */
  frameQuestions(settings: string): void {
    this.framed = new FramedQuestions(settings)
  }

  /** Notes which of the profile's settings the session was not given. */
  noteUnsent(names: readonly string[]): void {
    this.unsent = names
  }

  /** Asks for the id of the open transaction before it is committed: when the answer to the COMMIT is lost, it tells how it ended. */
  async noteTransactionId(): Promise<void> {
    // A server that does not know the question would abort the transaction over it.
    const { kind } = this.server.facts
    if (kind !== 'postgresql' && kind !== 'citus') return
    const { rows } = await this.query('select pg_catalog.txid_current_if_assigned()')
    this.noted = rows[0]?.[0] ?? null
  }

  /** True from the call of a statement until it has ended. */
  get isBusy(): boolean {
    return this.busy !== null
  }

  /** Milliseconds since the last byte from the server; 0 while reading is paused, when none can come. */
  get silentMs(): number {
    return this.isStreamPaused ? 0 : performance.now() - this.tap.heardAt
  }

  /**
   * Asks an idle server process for a sign of life; resolves when it came, and never when it does not come. It costs the server
   * nothing, but counts as activity: a time limit for idle transactions starts anew.
   */
  askForSign(): Promise<void> {
    if (this.busy !== null || this.canceller.isAsking) return Promise.resolve()
    this.probe ??= new Promise<void>((resolve) => {
      this.parts.ports.probeAnswered = resolve
      this.tap.expectProbe()
      this.parts.transport.stream.write(SYNC)
    }).finally(() => {
      this.probe = null
    })
    return this.probe
  }

  /** Calls the listener once if the session ends without our asking. Answers with how to stop listening. */
  onLost(listener: (failure: ConnectionFailure) => void): () => void {
    this.lossListeners.add(listener)
    return () => this.lossListeners.delete(listener)
  }

  /** Sends notices to one listener; the latest wins. */
  hearNotices(listener: (notice: Notice) => void): void {
    this.noticeListener = listener
  }

  /** Gives COPY data that the server sends to one listener; the latest wins. */
  hearCopyData(listener: CopyListener): void {
    this.copyListener = listener
  }

  /**
   * Runs one statement over the extended protocol and reads all its rows as text: for catalog questions and migrations, not for
   * results that may be large. Throws a `FailureError`.
   */
  async query(text: string, values: readonly (string | null)[] = []): Promise<TextRows> {
    const asked = { text, values: [...values], rowMode: 'array', queryMode: 'extended' } as const
    const plain = async () => textRowsOf(await this.track(this.queryOnce(asked), text))
    if (this.framed === null) return plain()
    return this.framed.ask(plain, (statements) => this.queryTogether(statements))
  }

  /**
   * Runs our own short statements in one round trip, as psql runs `a; b`: the first that fails ends it. Outside a transaction
   * they are one. Not for a file's statements: an error's position counts from the first.
   */
  async queryTogether(statements: readonly string[]): Promise<readonly TextRows[]> {
    const text = statements.join(';\n')
    const results = await this.track(this.queryOnce({ text, rowMode: 'array' }), text)
    return [results].flat().map(textRowsOf)
  }

  private async queryOnce(question: { readonly text: string; readonly rowMode: 'array' }): Promise<unknown> {
    const { text } = question
    const asked = this.canceller.count
    await this.untilFree()
    await this.encoding.refuseForeign(text)
    this.refuseWhenGone()
    const ready = this.door.nextReady()
    try {
      return await this.parts.client.query(question as never)
    } catch (error) {
      if (endsSession(error)) this.firstError ??= error
      throw this.explain(error, text, asked)
    } finally {
      await ready // the driver tells of an error before the server has told what became of the transaction
      await this.encoding.speakOwn(this.noticeListener)
    }
  }

  /** Hands a statement to the driver and resolves when the server is ready for the next one; throws a `FailureError`. */
  run(statement: RawStatement, text: string): Promise<TransactionStatus> {
    return this.track(this.runOnce(statement, text), text)
  }

  private async runOnce(statement: RawStatement, text: string): Promise<TransactionStatus> {
    const asked = this.canceller.count
    await this.untilFree()
    await this.encoding.refuseForeign(text)
    this.refuseWhenGone()
    try {
      return await this.door.submit(statement, (error) => this.explain(error, text, asked))
    } finally {
      await this.encoding.speakOwn(this.noticeListener)
    }
  }

  /** Remembers what runs, from the call on, until it has ended: a cancel may come before the statement has been sent. */
  private async track<T>(statement: Promise<T>, text: string): Promise<T> {
    this.busy = statement
    this.busyWith = text
    if (!isCommit(text)) this.noted = null
    try {
      return await statement
    } finally {
      if (this.busy === statement) this.busy = null
    }
  }

  /** Stops reading from the socket: the server waits once its buffers are full. */
  pause(): void {
    this.isStreamPaused = true
    this.parts.transport.stream.pause()
  }

  /** Reads on after `pause`. */
  resume(): void {
    if (this.isStreamPaused) this.tap.heardAt = performance.now() // what was not read does not count as silence
    this.isStreamPaused = false
    this.parts.transport.stream.resume()
  }

  /** Asks the server to cancel the running statement. No further one starts before the last request has been handled. */
  async cancel(): Promise<void> {
    if (this.busy !== null) this.resume() // a paused session cannot see the end of its statement
    await this.canceller.cancel(this.busy)
  }

  /** How often a cancel was asked for: a run that sees it grow between two statements starts no further one. */
  get cancelCount(): number {
    return this.canceller.count
  }

  /** Ends the session; the server rolls back an open transaction. */
  async end(): Promise<void> {
    if (this.isEnding || this.loss !== null) return
    this.isEnding = true
    this.resume()
    await this.parts.client.end().catch(() => {})
  }

  /** Gives the session up because the server does not keep to the protocol: it ends as lost, for that reason. */
  breakOff(reason: Error): void {
    this.firstError ??= reason
    this.parts.transport.stream.destroy()
  }

  /**
   * Notes why the session is about to be lost: the user gave it up. Reads on, so that the server's last words are heard; `heard` is the
   * reason where these say that it was terminated.
   */
  giveUp(unheard: ConnectionFailure, heard: ConnectionFailure): void {
    this.endedBecause = { heard, unheard }
    this.resume()
  }

  /** Cuts the connection of a session that was given up. */
  cut(): void {
    this.parts.transport.stream.destroy()
  }

  private async untilFree(): Promise<void> {
    await this.canceller.untilHandled()
    this.refuseWhenGone()
  }

  /** To be asked right before something is sent: what is given to a closed driver is never answered. */
  private refuseWhenGone(): void {
    if (this.loss !== null) throw new FailureError(this.loss)
    if (this.isEnding) throw new FailureError(lostFailure(new Error('it was ended'), this.parts.options.target))
  }

  private noteStatus(status: TransactionStatus): void {
    this.status = status
    this.door.noteReady(status)
  }

  private noteEnd(): void {
    if (!this.isEnding && this.loss === null) {
      // A FATAL answer to the running statement says more than the closed socket.
      const said = this.door.error
      this.isAnswered = endsSession(said)
      const first = this.isAnswered ? said : (this.firstError ?? said)
      this.loss = this.reasonOf(first)
      if (this.busy !== null) this.under = effectOf(this.busyWith)
      for (const listener of [...this.lossListeners]) listener(this.loss)
      this.lossListeners.clear()
    }
    this.door.abandon()
  }

  private reasonOf(first: unknown): ConnectionFailure {
    const loss = lostFailure(first, this.parts.options.target)
    if (this.endedBecause === null) return loss
    const { heard, unheard } = this.endedBecause
    return loss.code === heard.code ? heard : unheard
  }

  private explain(error: unknown, text: string, cancelsBefore: number): FailureError {
    return statementFailure({
      error,
      text,
      isCancelAsked: this.canceller.count > cancelsBefore,
      isInBytes: this.parts.parameters.get('server_encoding') === 'SQL_ASCII',
      loss: this.loss ?? lostFailure(this.firstError ?? error, this.parts.options.target),
      isEnding: this.isEnding,
    })
  }
}
