import { dottedName, relationName } from '../../../parse/names'
import { concurrently } from '../fixes'
import { hasOption } from '../locks'
import type { LintContext, Rule } from '../rule'
import { sizeOf } from './sizes'

const OFF = 'CONCURRENTLY, in a migration with "-- transaction: off"'

/** Indexes built, dropped and rebuilt while others work. */
export const INDEX_RULES: readonly Rule[] = [
  {
    id: 'index-without-concurrently',
    isForDown: true,
    check: (statement, context) => {
      if (!('IndexStmt' in statement.tree)) return []
      const { relation, concurrent } = statement.tree.IndexStmt
      if (concurrent === true || context.made.has(relation)) return []
      const table = relationName(relation)
      const title = `CREATE INDEX blocks writes to ${table} until the index is built`
      const reason = `It reads the whole table${sizeOf(context.facts, table)} under its lock.`
      if (context.facts.relations.get(table)?.kind === 'partitioned table') {
        const safer = `Create the index ON ONLY ${table}, create one CONCURRENTLY on each partition, and attach them with ALTER INDEX … ATTACH PARTITION.`
        return [{ title, reason, safer }]
      }
      const safer = `CREATE INDEX ${OFF}. It lets others write meanwhile; if it fails, drop the INVALID index it leaves.`
      return [{ title, reason, safer, fix: concurrently(statement, context, 'index') }]
    },
  },
  {
    id: 'drop-index-without-concurrently',
    isForDown: true,
    check: (statement, context) => {
      if (!('DropStmt' in statement.tree)) return []
      const { removeType, concurrent, objects } = statement.tree.DropStmt
      if (removeType !== 'OBJECT_INDEX' || concurrent === true) return []
      const names = (objects ?? []).flatMap((one) => ('List' in one ? [dottedName(one.List.items)] : []))
      const old = names.filter((name) => !context.made.hasName(name))
      const [first] = old
      if (first === undefined) return []
      const table = context.facts.relations.get(first)?.table ?? 'its table'
      return [
        {
          title: `DROP INDEX blocks reads and writes of ${table}`,
          reason: 'It is quick, but while it waits for the lock everybody behind it waits too.',
          safer: `DROP INDEX ${OFF}${names.length > 1 ? ', one index each' : ''}.`,
          fix: names.length === 1 ? concurrently(statement, context, 'index') : null,
        },
      ]
    },
  },
  {
    id: 'reindex-without-concurrently',
    isForDown: true,
    check: (statement, context) => {
      if (!('ReindexStmt' in statement.tree)) return []
      const { kind, relation, params } = statement.tree.ReindexStmt
      if (hasOption(params, 'concurrently') || context.made.has(relation)) return []
      const word = kind === 'REINDEX_OBJECT_INDEX' ? 'index' : kind === 'REINDEX_OBJECT_TABLE' ? 'table' : null
      return [
        {
          title: 'REINDEX blocks writes, and reads that use the index, until it is rebuilt',
          reason: 'The old index cannot be used while the new one is built in its place.',
          safer: `REINDEX … ${OFF}.`,
          fix: word === null || params !== undefined ? null : concurrently(statement, context, word),
        },
      ]
    },
  },
  {
    id: 'if-not-exists-hides-invalid-index',
    isForDown: true,
    check: ({ tree }) => {
      if (!('IndexStmt' in tree)) return []
      const { concurrent, if_not_exists: isQuiet } = tree.IndexStmt
      if (concurrent !== true || isQuiet !== true) return []
      return [
        {
          title: 'IF NOT EXISTS takes an INVALID index for a good one',
          reason:
            'CREATE INDEX CONCURRENTLY that failed leaves an INVALID index of that name. The next try then says that it exists, and nobody uses it.',
          safer: 'Leave IF NOT EXISTS out; after a failure, drop the index and create it again.',
        },
      ]
    },
  },
  {
    id: 'concurrently-in-transaction',
    isForDown: true,
    check: (statement, context) => {
      const what = concurrentCommand(statement.tree)
      if (what === null || !context.isTransactional) return []
      const edits = context.withoutTransaction()
      return [
        {
          severity: 'error',
          title: `${what} cannot run inside a transaction`,
          reason:
            'Every migration runs in a transaction of its own, unless its header says otherwise. The server refuses this (25001).',
          safer: 'Put it alone into a migration whose first lines hold "-- transaction: off".',
          fix: edits === null ? null : { label: 'Add "-- transaction: off"', edits },
        },
      ]
    },
  },
]

function concurrentCommand(tree: Parameters<Rule['check']>[0]['tree']): string | null {
  if ('IndexStmt' in tree && tree.IndexStmt.concurrent === true) return 'CREATE INDEX CONCURRENTLY'
  if ('DropStmt' in tree && tree.DropStmt.concurrent === true) return 'DROP INDEX CONCURRENTLY'
  if ('ReindexStmt' in tree && hasOption(tree.ReindexStmt.params, 'concurrently')) return 'REINDEX CONCURRENTLY'
  if ('AlterTableStmt' in tree) {
    const detaches = (tree.AlterTableStmt.cmds ?? []).some(
      (one) =>
        'AlterTableCmd' in one &&
        one.AlterTableCmd.def !== undefined &&
        'PartitionCmd' in one.AlterTableCmd.def &&
        one.AlterTableCmd.def.PartitionCmd.concurrent === true,
    )
    return detaches ? 'DETACH PARTITION CONCURRENTLY' : null
  }
  return null
}

/** True for statements that lose nothing when each of them commits by itself. */
export function isFineAlone(tree: Parameters<Rule['check']>[0]['tree'], context: Pick<LintContext, 'made'>): boolean {
  if ('IndexStmt' in tree) return !context.made.has(tree.IndexStmt.relation)
  return ('DropStmt' in tree && tree.DropStmt.removeType === 'OBJECT_INDEX') || 'ReindexStmt' in tree
}
