import type { CopyStmt, Node, TransactionStmt } from 'libpg-query'
import { quoted, relationName } from '../../parse/names'
import { ofDefinition } from './definition-finding'
import { acting, type Finding, isTemporary } from './finding'
import { ofQuery, WRITES } from './query-finding'
import { HARMLESS } from './statement-kinds'
import { nodeParts } from './tree'

/** What the statements before it in the script have prepared, by name. */
export type PreparedFindings = Map<string, Finding | null>

/** What of a statement asks before it is run on production; null when nothing does. `words` are its first words, in lower case. */
export function classify(tree: Node, words: readonly string[], prepared: PreparedFindings): Finding | null {
  if ('ExplainStmt' in tree) return ofExplain(tree, prepared)
  if ('PrepareStmt' in tree) {
    const { name = '', query } = tree.PrepareStmt
    const inner = query === undefined ? null : classify(query, [], prepared)
    const finding = inner === null ? null : { ...inner, rows: null }
    prepared.set(name, finding)
    return finding
  }
  if ('ExecuteStmt' in tree) return ofExecute(tree.ExecuteStmt.name ?? '', prepared)
  if ('TransactionStmt' in tree) return ofTransaction(tree.TransactionStmt)
  if ('CopyStmt' in tree) return ofCopy(tree.CopyStmt)
  const [kind] = nodeParts(tree)
  if (kind === 'DoStmt') return acting('DO', 'What its code does cannot be told from the text.', false)
  if (kind === 'CallStmt') return acting('CALL', 'What the procedure does cannot be told from the text.', false)
  if ('TruncateStmt' in tree) {
    const names = (tree.TruncateStmt.relations ?? []).flatMap((one) => ('RangeVar' in one ? [one.RangeVar] : []))
    if (names.length > 0 && names.every(isTemporary)) return null
    return {
      title: 'TRUNCATE',
      reason: 'It removes every row.',
      rows: { by: 'relations', names: names.map(relationName) },
      isWrite: true,
    }
  }
  if (HARMLESS.has(kind)) return null
  if (READS_OR_WRITES.has(kind)) return ofQuery(tree)
  return ofDefinition(tree, words)
}

const READS_OR_WRITES = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'DeclareCursorStmt',
  'PLAssignStmt',
])

function ofExplain(tree: Node, prepared: PreparedFindings): Finding | null {
  if (!('ExplainStmt' in tree)) return null
  const { options = [], query } = tree.ExplainStmt
  if (query === undefined || !options.some(isAnalyze)) return null
  const [kind] = nodeParts(query)
  const verb = WRITES[kind] ?? (kind === 'InsertStmt' ? 'INSERT' : null)
  const runs = 'EXPLAIN ANALYZE runs what it explains.'
  if (verb !== null) return { title: `EXPLAIN ANALYZE ${verb}`, reason: runs, rows: { by: 'plan' }, isWrite: true }
  const inner = classify(query, [], prepared)
  return inner === null
    ? null
    : { ...inner, title: `EXPLAIN ANALYZE: ${inner.title}`, reason: `${runs} ${inner.reason}` }
}

function isAnalyze(option: Node): boolean {
  if (!('DefElem' in option) || option.DefElem.defname !== 'analyze') return false
  const { arg } = option.DefElem
  if (arg === undefined) return true
  if ('String' in arg) return !['false', 'off', '0'].includes((arg.String.sval ?? '').toLowerCase())
  if ('Integer' in arg) return (arg.Integer.ival ?? 0) !== 0
  return true
}

function ofExecute(name: string, prepared: PreparedFindings): Finding | null {
  const known = prepared.get(name)
  if (known === null) return null
  if (known !== undefined) return { ...known, title: `EXECUTE: ${known.title}` }
  return acting('EXECUTE', `What was prepared as ${quoted(name)} does not stand in this script.`, false)
}

const PREPARED = new Set(['TRANS_STMT_COMMIT_PREPARED', 'TRANS_STMT_ROLLBACK_PREPARED'])

function ofTransaction({ kind }: TransactionStmt): Finding | null {
  if (!PREPARED.has(kind ?? '')) return null
  const verb = kind === 'TRANS_STMT_COMMIT_PREPARED' ? 'COMMIT' : 'ROLLBACK'
  return acting(`${verb} PREPARED`, 'It ends a transaction that may be somebody else’s.', false)
}

function ofCopy({ is_from, is_program, filename, relation, query }: CopyStmt): Finding | null {
  if (is_program === true) return acting('COPY … PROGRAM', 'It runs a program on the server.', false)
  if (is_from === true) {
    return isTemporary(relation) ? null : acting('COPY FROM', `It adds rows to ${relationName(relation)}.`, true)
  }
  if (filename !== undefined) return acting('COPY TO a file', 'It writes a file on the server.', false)
  if (query === undefined) return null
  // COPY (DELETE … RETURNING …) TO STDOUT
  const [kind] = nodeParts(query)
  const verb = WRITES[kind]
  if (verb === undefined) return ofQuery(query)
  return { title: `COPY (${verb} …)`, reason: 'It changes the rows that it sends.', rows: null, isWrite: true }
}
