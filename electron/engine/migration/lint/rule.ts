import type { Node } from 'libpg-query'
import type { LintFinding, LockMode } from '../../../../contract/lint'
import type { Facts } from './facts'
import type { Made } from './made'

/** One statement of the checked file with its tree. */
export interface LintStatement {
  readonly tree: Node
  readonly text: string
  /** Half-open range in the file, in UTF-16 units. */
  readonly from: number
  readonly to: number
  /** UTF-16 offset in `text` of a position in the tree. */
  readonly offsetOf: (byte: number | undefined) => number
}

/** A lock on a relation that was there before the file. */
export interface TakenLock {
  readonly relation: string
  readonly mode: LockMode
}

/** What a rule may look at besides the statement. */
export interface LintContext {
  /** What the statements above made: nobody else knows it yet, so nobody waits for it. */
  readonly made: Made
  readonly facts: Facts
  readonly isTransactional: boolean
  readonly part: 'up' | 'down'
  readonly statements: readonly LintStatement[]
  readonly index: number
  /** Locks that block others, of the statements above. */
  readonly held: readonly TakenLock[]
  /** Makes the edits that turn `-- transaction: off` on; null where other statements of the file would lose their transaction. */
  readonly withoutTransaction: () => readonly Edit[] | null
}

/** A change of the file that replaces [from, to). */
export interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** The safer way as edits of the file. */
export interface Fix {
  readonly label: string
  readonly edits: readonly Edit[]
}

/** What a rule says of a statement. */
export interface Advice {
  readonly title: string
  readonly reason: string
  readonly safer: string
  readonly severity?: LintFinding['severity']
  readonly fix?: Fix | null
}

/** A rule, by the name that switches it off. */
export interface Rule {
  readonly id: string
  /** False for what a rollback does by its nature. */
  readonly isForDown: boolean
  readonly check: (statement: LintStatement, context: LintContext) => readonly Advice[]
}
