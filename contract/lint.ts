import { z } from 'zod'
import { count } from './text'

/** The table-level lock modes, the weakest first. Source: PostgreSQL documentation, "Explicit Locking". */
export const LOCK_MODES = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const
/** A table-level lock mode. */
export type LockMode = (typeof LOCK_MODES)[number]

/** A change of the text that replaces [from, to), in UTF-16 units. */
const textEdit = z.strictObject({ from: count, to: count, text: z.string() })

/** What is dangerous about a statement of a migration, and the safer way. */
export const lintFinding = z.strictObject({
  /** Stable name of the rule, as `-- lint: off` takes it. */
  rule: z.string(),
  severity: z.enum(['error', 'warning', 'note']),
  /** Half-open range in the file, in UTF-16 units. */
  from: count,
  to: count,
  /** From 1. */
  line: z.number().int().min(1),
  title: z.string(),
  /** The strongest lock that the statement takes on each relation that was there before. */
  locks: z.array(z.strictObject({ relation: z.string(), mode: z.enum(LOCK_MODES) })),
  reason: z.string(),
  /** Empty where there is no safer way. */
  safer: z.string(),
  /** The safer way as edits of the text, where it is mechanical; null otherwise. */
  fix: z.strictObject({ label: z.string(), edits: z.array(textEdit) }).nullable(),
  /** Where a line `-- lint: off rule: reason` belongs; null for what cannot be switched off. */
  switchOffAt: count.nullable(),
})
/** What is dangerous about a statement of a migration, and the safer way. */
export type LintFinding = z.output<typeof lintFinding>

/** What the check of a migration file found, in the order of its text. */
export const lintReport = z.strictObject({
  findings: z.array(lintFinding),
  /** What was switched off with a reason. */
  switchedOff: count,
  /** Why a part of the text was not checked; null when all of it was. */
  limit: z.string().nullable(),
})
/** What the check of a migration file found. */
export type LintReport = z.output<typeof lintReport>

const NEITHER = 'blocks neither reads nor writes'

/** What a lock keeps others from, in words. */
export function blockedBy(mode: LockMode): string {
  if (mode === 'ACCESS EXCLUSIVE') return 'blocks reads and writes'
  if (LOCK_MODES.indexOf(mode) >= LOCK_MODES.indexOf('SHARE')) return 'blocks writes'
  return NEITHER
}

/** The strongest lock of a finding that keeps others from working, e.g. "SHARE on orders, blocks writes"; null when there is none. */
export function lockInWords({ locks }: LintFinding): string | null {
  const strong = locks.filter(({ mode }) => blockedBy(mode) !== NEITHER)
  strong.sort((a, b) => LOCK_MODES.indexOf(b.mode) - LOCK_MODES.indexOf(a.mode))
  const [first] = strong
  if (first === undefined) return null
  const same = strong.filter(({ mode }) => mode === first.mode).map(({ relation }) => relation)
  return `${first.mode} on ${same.join(', ')}, ${blockedBy(first.mode)}`
}
