import type { Rule } from './rule'
import { COLUMN_RULES } from './rules/columns'
import { CONSTRAINT_RULES } from './rules/constraints'
import { INDEX_RULES } from './rules/indexes'
import { LOSS_RULES } from './rules/losses'
import { REWRITE_RULES } from './rules/rewrites'
import { LOCK_RULES } from './rules/strong-locks'

/** Every rule; their ids are stable, because files name them. */
export const RULES: readonly Rule[] = [
  ...INDEX_RULES,
  ...COLUMN_RULES,
  ...CONSTRAINT_RULES,
  ...REWRITE_RULES,
  ...LOSS_RULES,
  ...LOCK_RULES,
]
