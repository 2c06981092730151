import type { CopyData, CopyStream } from './copy-data'
import type { RawStatement } from './statement-door'

/** The part of pg's connection that the extended protocol needs (pg/lib/connection.js). */
interface Wire {
  readonly stream: CopyStream & { cork(): void; uncork(): void }
  parse(message: { text: string; name: string; types: readonly number[] }): void
  bind(message: { portal: string; statement: string; values: readonly (string | null)[] }): void
  describe(message: { type: 'P'; name: string }): void
  execute(message: { portal: string; rows: number }): void
  flush(): void
  sync(): void
  sendCopyFail(reason: string): void
  endCopyFrom(): void
}

/** A column as RowDescription gave it. */
export interface RawColumn {
  readonly name: string
  readonly typeOid: number
  readonly typeModifier: number
}

/** What a raw query tells while it runs. */
export interface RawQueryListener {
  columnsArrived(columns: readonly RawColumn[]): void
  /** The command tag; null for an empty statement. */
  commandCompleted(tag: string | null): void
}

/** What is special of a COPY. */
export interface CopyInput {
  /** The Sync of a COPY goes out when its data has, because the server passes over one that comes while it takes data. */
  readonly isCopy: boolean
  /** The data of COPY … FROM STDIN; null when there is none. */
  readonly data: CopyData | null
}

const NO_COPY: CopyInput = { isCopy: false, data: null }

/** What the server is told, and answers with, when it asks for data that nobody has. */
const NO_DATA =
  'no data stands behind the statement. Write ; and put the data on the next lines, ended by a line with \\.'

/**
 * One statement over the extended protocol with one Execute without a row limit: a limit would turn parallel query off and cost a
 * round trip per batch. Its rows do not come here: the session's tap gives them to a sink as wire bytes.
 */
export class RawQuery implements RawStatement {
  error: unknown
  private readonly text: string
  private readonly values: readonly (string | null)[]
  private readonly listener: RawQueryListener
  private readonly copy: CopyInput
  private wire: Wire | null = null
  private isSynced = false

  /** `values` are one per parameter, in the order of their numbers; null for NULL. */
  constructor(text: string, values: readonly (string | null)[], listener: RawQueryListener, copy = NO_COPY) {
    this.text = text
    this.values = values
    this.listener = listener
    this.copy = copy
  }

  submit(connection: unknown): null {
    const wire = connection as Wire // pg hands its own connection to whatever it submits
    const { text, values } = this
    this.wire = wire
    wire.stream.cork()
    try {
      wire.parse({ text, name: '', types: [] })
      wire.bind({ portal: '', statement: '', values })
      wire.describe({ type: 'P', name: '' })
      wire.execute({ portal: '', rows: 0 })
      if (this.copy.isCopy) wire.flush()
      else this.syncOnce()
    } finally {
      wire.stream.uncork()
    }
    return null
  }

  handleRowDescription(message: {
    readonly fields: readonly { name: string; dataTypeID: number; dataTypeModifier: number }[]
  }): void {
    this.listener.columnsArrived(
      message.fields.map((field) => ({
        name: field.name,
        typeOid: field.dataTypeID >>> 0,
        typeModifier: field.dataTypeModifier,
      })),
    )
  }

  handleCommandComplete(message: { readonly text: string }): void {
    this.listener.commandCompleted(message.text)
    this.syncOnce()
  }

  handleEmptyQuery(): void {
    this.listener.commandCompleted(null)
    this.syncOnce()
  }

  handleCopyInResponse(wire: Wire): void {
    const { data } = this.copy
    if (data === null) {
      wire.sendCopyFail(NO_DATA)
      this.syncOnce()
      return
    }
    data.send(wire.stream, () => {
      wire.endCopyFrom()
      this.syncOnce()
    })
  }

  handleError(error: unknown): void {
    this.error ??= error
    // Whatever data is still to come would be passed over; the server waits for the Sync behind it.
    this.copy.data?.stop()
    this.syncOnce()
  }

  /** The session's tap has the rows and the end; these stay without effect. */
  handleDataRow(): void {}
  handleCopyData(): void {}
  handlePortalSuspended(): void {}
  handleReadyForQuery(): void {}

  /** Exactly one Sync per statement: a second one would be answered with a ReadyForQuery that ends the next statement. */
  private syncOnce(): void {
    if (this.isSynced) return
    this.isSynced = true
    this.wire?.sync()
  }
}
