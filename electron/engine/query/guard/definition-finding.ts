import type { Node } from 'libpg-query'
import { quoted, relationName, strings } from '../../parse/names'
import { type Finding, isTemporary } from './finding'
import { ofQuery } from './query-finding'
import { commandWords, reasonFor } from './statement-kinds'
import { nodeParts } from './tree'

/** What of a definition asks; that of something temporary is nobody else's. */
export function ofDefinition(tree: Node, words: readonly string[]): Finding | null {
  if ('CreateStmt' in tree && isTemporary(tree.CreateStmt.relation)) return null
  if ('CreateTableAsStmt' in tree && isTemporary(tree.CreateTableAsStmt.into?.rel)) {
    const { query } = tree.CreateTableAsStmt
    if (query !== undefined && 'SelectStmt' in query) return ofQuery(query)
  }
  if ('ViewStmt' in tree && isTemporary(tree.ViewStmt.view)) return null
  if ('CreateSeqStmt' in tree && isTemporary(tree.CreateSeqStmt.sequence)) return null
  if ('IndexStmt' in tree && isTemporary(tree.IndexStmt.relation)) return null
  if ('AlterTableStmt' in tree && isTemporary(tree.AlterTableStmt.relation)) return null
  if ('VacuumStmt' in tree && !isFullVacuum(tree)) return null
  if ('DropStmt' in tree && isTemporaryDrop(tree)) return null
  const [kind] = nodeParts(tree)
  const names = relationsOf(tree)
  return {
    title: commandWords(words) || 'A definition',
    reason: reasonFor(kind),
    rows: names.length === 0 ? null : { by: 'relations', names },
    // The server lets them through in a READ ONLY transaction: they change no rows.
    isWrite: !['ClusterStmt', 'ReindexStmt', 'VacuumStmt', 'LoadStmt'].includes(kind),
  }
}

function isFullVacuum(tree: Node): boolean {
  if (!('VacuumStmt' in tree)) return false
  return (tree.VacuumStmt.options ?? []).some((option) => 'DefElem' in option && option.DefElem.defname === 'full')
}

function isTemporaryDrop(tree: Node): boolean {
  if (!('DropStmt' in tree)) return false
  const { objects = [] } = tree.DropStmt
  return objects.length > 0 && objects.every((one) => 'List' in one && strings(one.List.items)[0] === 'pg_temp')
}

const HOLD_ROWS = new Set(['OBJECT_TABLE', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE'])

/** Relations with rows that a definition concerns, as SQL names them. */
function relationsOf(tree: Node): readonly string[] {
  if ('DropStmt' in tree) {
    const { objects = [], removeType } = tree.DropStmt
    if (!HOLD_ROWS.has(removeType ?? '')) return []
    return objects.flatMap((one) => ('List' in one ? [strings(one.List.items).map(quoted).join('.')] : []))
  }
  if ('AlterTableStmt' in tree) {
    const { relation, objtype } = tree.AlterTableStmt
    return HOLD_ROWS.has(objtype ?? '') ? [relationName(relation)] : []
  }
  if ('IndexStmt' in tree) return [relationName(tree.IndexStmt.relation)]
  if ('RefreshMatViewStmt' in tree) return [relationName(tree.RefreshMatViewStmt.relation)]
  if ('ClusterStmt' in tree)
    return tree.ClusterStmt.relation === undefined ? [] : [relationName(tree.ClusterStmt.relation)]
  if ('ReindexStmt' in tree && tree.ReindexStmt.kind === 'REINDEX_OBJECT_TABLE')
    return [relationName(tree.ReindexStmt.relation)]
  if ('VacuumStmt' in tree) {
    return (tree.VacuumStmt.rels ?? []).flatMap((one) =>
      'VacuumRelation' in one && one.VacuumRelation.relation !== undefined
        ? [relationName(one.VacuumRelation.relation)]
        : [],
    )
  }
  return []
}
