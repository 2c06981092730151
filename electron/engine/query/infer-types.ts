import type { Session } from '../session/session'
import type { RawStatement } from '../session/statement-door'
import { describeColumns } from './type-name'

/** Milliseconds that the server has to say the types; a form that waits longer would seem stuck. */
const LIMIT_MS = 1_000

/** The part of pg's connection that describing a statement needs (pg/lib/connection.js). */
interface Wire {
  parse(message: { text: string; name: string; types: readonly number[] }): void
  describe(message: { type: 'S'; name: string }): void
  sync(): void
  on(event: 'parameterDescription', listener: (message: { dataTypeIDs: readonly number[] }) => void): void
  off(event: 'parameterDescription', listener: (message: { dataTypeIDs: readonly number[] }) => void): void
}

/** Parses a statement on the server without running it. */
class Description implements RawStatement {
  error: unknown
  types: readonly number[] = []
  private wire: Wire | null = null
  private readonly hear = (message: { dataTypeIDs: readonly number[] }) => {
    this.types = message.dataTypeIDs
  }
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  submit(connection: unknown): null {
    const wire = connection as Wire // pg hands its own connection to whatever it submits
    this.wire = wire
    wire.on('parameterDescription', this.hear)
    wire.parse({ text: this.text, name: '', types: [] })
    wire.describe({ type: 'S', name: '' })
    wire.sync()
    return null
  }

  handleError(error: unknown): void {
    this.error ??= error
  }

  /** Takes its listener off the connection again. */
  end(): void {
    this.wire?.off('parameterDescription', this.hear)
  }

  handleRowDescription(): void {}
  handleReadyForQuery(): void {}
}

/** The types that the server infers for `$1`, `$2`, … of a statement; empty where it cannot parse it, or takes too long. */
export async function inferTypes(session: Session, text: string): Promise<readonly (string | null)[]> {
  const description = new Description(text)
  // A lock that somebody else holds must not keep the form away.
  const timer = setTimeout(() => void session.cancel().catch(() => {}), LIMIT_MS)
  try {
    await session.run(description, text)
  } catch {
    return []
  } finally {
    clearTimeout(timer)
    description.end()
  }
  const columns = description.types.map((typeOid) => ({ name: '', typeOid: typeOid >>> 0, typeModifier: -1 }))
  return describeColumns(columns).map(({ typeName }) => (typeName.startsWith('oid ') ? null : typeName))
}
