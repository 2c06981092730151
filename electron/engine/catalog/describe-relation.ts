import type { Column, Constraint, Index, RelationDetail } from '../../../contract/catalog'
import { refusal } from '../failure-error'
import type { Session } from '../session/session'
import { COLUMNS, CONSTRAINTS, INDEXES, RELATION } from './catalog-sql'
import { PartialAnswers } from './partial-answers'
import { PLAIN_COLUMNS, PLAIN_CONSTRAINTS, PLAIN_INDEXES, PLAIN_RELATION } from './plain-questions'

type Row = readonly (string | null)[]

const CONSTRAINT_KINDS: Readonly<Record<string, Constraint['kind']>> = {
  p: 'primary key',
  u: 'unique',
  f: 'foreign key',
  c: 'check',
  x: 'exclusion',
  n: 'not null',
  t: 'trigger',
}

/**
 * Columns, indexes and constraints of any relation, views and composite types included; refused when it is gone. What the server
 * cannot say is left out, and `missing` names it.
 */
export async function describeRelation(session: Session, oid: number): Promise<RelationDetail> {
  const values = [String(oid)]
  const answers = new PartialAnswers(session)
  const columns = (await answers.rows('columns', COLUMNS, PLAIN_COLUMNS, values)).map(columnOf)
  const indexes = (await answers.rows('indexes', INDEXES, PLAIN_INDEXES, values)).map(indexOf)
  const constraints = (await answers.rows('constraints', CONSTRAINTS, PLAIN_CONSTRAINTS, values)).map(constraintOf)
  // Last: a relation dropped between the questions must not look like one without columns.
  if ((await answers.rows('columns', RELATION, PLAIN_RELATION, values)).length === 0 && answers.missing.length === 0)
    throw refusal('oid', 'The relation does not exist any more. Refresh the explorer.')
  return { oid, columns, indexes, constraints, missing: answers.missing }
}

function columnOf(row: Row): Column {
  const [name, type, isNotNull, expression, identity, isGenerated, isPrimaryKey, isUnique, references, comment] = row
  return {
    name: name ?? '',
    type: type ?? '',
    isNotNull: isNotNull === 't',
    default: expression ?? null,
    identity: identityOf(identity),
    isGenerated: isGenerated === 't',
    isPrimaryKey: isPrimaryKey === 't',
    isUnique: isUnique === 't',
    references: references ?? null,
    comment: comment ?? null,
  }
}

function identityOf(code: string | null | undefined): Column['identity'] {
  if (code === 'a') return 'always'
  return code === 'd' ? 'by default' : null
}

function indexOf([name, definition, isUnique, isPrimary, isValid]: Row): Index {
  return {
    name: name ?? '',
    definition: definition ?? '',
    isUnique: isUnique === 't',
    isPrimary: isPrimary === 't',
    isValid: isValid === 't',
  }
}

function constraintOf([name, code, definition, isValidated]: Row): Constraint {
  return {
    name: name ?? '',
    kind: CONSTRAINT_KINDS[code ?? ''] ?? 'check',
    definition: definition ?? '',
    isValidated: isValidated === 't',
  }
}
