import type { RawStatement } from '../session/session'

/** The part of pg's connection that the extended protocol needs (pg/lib/connection.js). */
interface Wire {
  readonly stream: { cork(): void; uncork(): void }
  parse(message: { text: string; name: string; types: readonly number[] }): void
  bind(message: { portal: string; statement: string; values: readonly (string | null)[] }): void
  describe(message: { type: 'P'; name: string }): void
  execute(message: { portal: string; rows: number }): void
  sync(): void
  sendCopyFail(reason: string): void
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

/**
 * One statement over the extended protocol with one Execute without a row limit: a limit would turn parallel query off and cost a
 * round trip per batch. Its rows do not come here: the session's tap gives them to a sink as wire bytes.
 */
export class RawQuery implements RawStatement {
  error: unknown
  private readonly text: string
  private readonly values: readonly (string | null)[]
  private readonly listener: RawQueryListener

  constructor(text: string, values: readonly (string | null)[], listener: RawQueryListener) {
    this.text = text
    this.values = values
    this.listener = listener
  }

  submit(connection: unknown): null {
    const wire = connection as Wire // pg hands its own connection to whatever it submits
    wire.stream.cork()
    try {
      wire.parse({ text: this.text, name: '', types: [] })
      wire.bind({ portal: '', statement: '', values: this.values })
      wire.describe({ type: 'P', name: '' })
      wire.execute({ portal: '', rows: 0 })
      wire.sync()
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
  }

  handleEmptyQuery(): void {
    this.listener.commandCompleted(null)
  }

  /** Nobody offered data: the server is told so, and answers with an error. */
  handleCopyInResponse(connection: Wire): void {
    connection.sendCopyFail('Strata cannot send data for COPY … FROM STDIN yet')
    // The Sync that went with the Execute was passed over: while it takes COPY data the server ignores one.
    connection.sync()
  }

  handleError(error: unknown): void {
    this.error ??= error
  }

  /** The session's tap has the rows and the end; these stay without effect. */
  handleDataRow(): void {}
  handleCopyData(): void {}
  handlePortalSuspended(): void {}
  handleReadyForQuery(): void {}
}
