import type { MissingPart } from '../../../contract/catalog'
import { FailureError } from '../failure-error'
import type { Session } from '../session/session'

type Part = MissingPart['part']
type Row = readonly (string | null)[]

/**
 * Classes of errors that say that a question is not for this server or role: no such catalog, column, function or syntax, or no right
 * to it (42), not supported (0A), and what look-alikes answer to what they half know (XX, 22).
 */
const UNANSWERABLE: ReadonlySet<string> = new Set(['42', '0A', 'XX', '22'])

/** True for an error that another question, or going without, can make up for. */
export function isUnanswerable(error: unknown): boolean {
  if (!(error instanceof FailureError) || error.failure.kind !== 'postgres') return false
  const { code, severity } = error.failure
  return severity === 'ERROR' && UNANSWERABLE.has(code.slice(0, 2))
}

/** Asks questions one by one so that each may fail by itself, and keeps what is missing. */
export class PartialAnswers {
  readonly missing: MissingPart[] = []
  private readonly session: Session

  constructor(session: Session) {
    this.session = session
  }

  /** The rows of the full question; else those of the plain one; else none. The last two are noted. */
  async rows(part: Part, full: string, plain: string, values: readonly string[] = []): Promise<readonly Row[]> {
    try {
      return (await this.session.query(full, values)).rows
    } catch (error) {
      if (!isUnanswerable(error)) throw error
      const rows = await this.orElse(part, async () => (await this.session.query(plain, values)).rows, null)
      if (rows !== null) this.note(part, false, error)
      return rows ?? []
    }
  }

  /** The answer; where the server has none, what is given instead, and that is noted. */
  async orElse<T>(part: Part, ask: () => Promise<T>, instead: T): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (!isUnanswerable(error)) throw error
      this.note(part, true, error)
      return instead
    }
  }

  private note(part: Part, isLeftOut: boolean, error: unknown): void {
    if (this.missing.some((known) => known.part === part)) return
    this.missing.push({ part, isLeftOut, message: error instanceof Error ? error.message : String(error) })
  }
}
