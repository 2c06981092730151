import type {
  AlterTableCmd,
  AlterTableStmt,
  ColumnDef,
  Constraint,
  CreateStmt,
  DropStmt,
  Node,
  RangeVar,
} from 'libpg-query'
import { LOCK_MODES, type LockMode } from '../../../../contract/lint'
import { dottedName, quoted, relationName, strings } from '../../parse/names'
import type { Facts } from './facts'
import type { Made } from './made'
import type { TakenLock } from './rule'

// Measured on a server, statement by statement, and held against it by a test.
const ALTER_MODES: Partial<Record<string, LockMode>> = {
  AT_SetStatistics: 'SHARE UPDATE EXCLUSIVE',
  AT_ValidateConstraint: 'SHARE UPDATE EXCLUSIVE',
  AT_ClusterOn: 'SHARE UPDATE EXCLUSIVE',
  AT_DropCluster: 'SHARE UPDATE EXCLUSIVE',
  AT_SetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_SetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_AttachPartition: 'SHARE UPDATE EXCLUSIVE',
}

/** The strongest lock that a statement takes on each relation that was there before the file, by the name that is written. */
export function locksOf(tree: Node, made: Made, facts: Facts): readonly TakenLock[] {
  const strongest = new Map<string, LockMode>()
  const take = (name: string, mode: LockMode) => {
    if (name === '' || made.hasName(name)) return
    const before = strongest.get(name)
    if (before === undefined || LOCK_MODES.indexOf(mode) > LOCK_MODES.indexOf(before)) strongest.set(name, mode)
  }
  const takeRelation = (relation: RangeVar | undefined, mode: LockMode) => {
    if (relation !== undefined && !made.has(relation)) take(relationName(relation), mode)
  }
  collect(tree, takeRelation, take, facts)
  return [...strongest].map(([relation, mode]) => ({ relation, mode }))
}

type TakeRelation = (relation: RangeVar | undefined, mode: LockMode) => void
type TakeName = (name: string, mode: LockMode) => void

function collect(tree: Node, take: TakeRelation, takeName: TakeName, facts: Facts): void {
  if ('AlterTableStmt' in tree) alterTable(tree.AlterTableStmt, take)
  else if ('CreateStmt' in tree) createTable(tree.CreateStmt, take)
  else if ('DropStmt' in tree) drop(tree.DropStmt, takeName, facts)
  else if ('IndexStmt' in tree) {
    take(tree.IndexStmt.relation, tree.IndexStmt.concurrent === true ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE')
  } else if ('CreateTrigStmt' in tree) take(tree.CreateTrigStmt.relation, 'SHARE ROW EXCLUSIVE')
  else if ('CreatePolicyStmt' in tree) take(tree.CreatePolicyStmt.table, 'ACCESS EXCLUSIVE')
  else if ('AlterPolicyStmt' in tree) take(tree.AlterPolicyStmt.table, 'ACCESS EXCLUSIVE')
  else if ('RuleStmt' in tree) take(tree.RuleStmt.relation, 'ACCESS EXCLUSIVE')
  else if ('RenameStmt' in tree) {
    const { relation, renameType } = tree.RenameStmt
    take(relation, renameType === 'OBJECT_INDEX' ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE')
  } else if ('AlterObjectSchemaStmt' in tree) take(tree.AlterObjectSchemaStmt.relation, 'ACCESS EXCLUSIVE')
  else if ('TruncateStmt' in tree) for (const one of ranges(tree.TruncateStmt.relations)) take(one, 'ACCESS EXCLUSIVE')
  else if ('LockStmt' in tree) {
    const mode = LOCK_MODES[(tree.LockStmt.mode ?? 8) - 1] ?? 'ACCESS EXCLUSIVE'
    for (const one of ranges(tree.LockStmt.relations)) take(one, mode)
  } else if ('ClusterStmt' in tree) take(tree.ClusterStmt.relation, 'ACCESS EXCLUSIVE')
  else if ('VacuumStmt' in tree) {
    const isFull = hasOption(tree.VacuumStmt.options, 'full')
    for (const one of tree.VacuumStmt.rels ?? []) {
      if ('VacuumRelation' in one)
        take(one.VacuumRelation.relation, isFull ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE')
    }
  } else if ('ReindexStmt' in tree) {
    if (tree.ReindexStmt.kind === 'REINDEX_OBJECT_TABLE') {
      take(
        tree.ReindexStmt.relation,
        hasOption(tree.ReindexStmt.params, 'concurrently') ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE',
      )
    } else if (
      tree.ReindexStmt.kind === 'REINDEX_OBJECT_INDEX' &&
      !hasOption(tree.ReindexStmt.params, 'concurrently')
    ) {
      const name = relationName(tree.ReindexStmt.relation)
      takeName(name, 'ACCESS EXCLUSIVE')
      takeName(facts.relations.get(name)?.table ?? '', 'SHARE')
    }
  } else if ('RefreshMatViewStmt' in tree) {
    take(
      tree.RefreshMatViewStmt.relation,
      tree.RefreshMatViewStmt.concurrent === true ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE',
    )
  } else if ('CreateStatsStmt' in tree) {
    for (const one of ranges(tree.CreateStatsStmt.relations)) take(one, 'SHARE UPDATE EXCLUSIVE')
  } else if ('UpdateStmt' in tree) take(tree.UpdateStmt.relation, 'ROW EXCLUSIVE')
  else if ('DeleteStmt' in tree) take(tree.DeleteStmt.relation, 'ROW EXCLUSIVE')
  else if ('InsertStmt' in tree) take(tree.InsertStmt.relation, 'ROW EXCLUSIVE')
}

function alterTable({ relation, cmds, objtype }: AlterTableStmt, take: TakeRelation): void {
  if (objtype === 'OBJECT_INDEX' || objtype === 'OBJECT_TYPE' || objtype === 'OBJECT_SEQUENCE') return
  for (const one of commands(cmds)) {
    const constraint = constraintOf(one)
    if (constraint?.contype === 'CONSTR_FOREIGN') {
      take(relation, 'SHARE ROW EXCLUSIVE')
      take(constraint.pktable, 'SHARE ROW EXCLUSIVE')
    } else if (one.subtype?.match(/^AT_(Enable|Disable)(Always|Replica)?Trig/) != null)
      take(relation, 'SHARE ROW EXCLUSIVE')
    else if (one.subtype === 'AT_DetachPartition') {
      const isConcurrent = partitionOf(one)?.concurrent === true
      take(relation, isConcurrent ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE')
      take(partitionOf(one)?.name, 'ACCESS EXCLUSIVE')
    } else take(relation, ALTER_MODES[one.subtype ?? ''] ?? 'ACCESS EXCLUSIVE')
    if (one.subtype === 'AT_AttachPartition') take(partitionOf(one)?.name, 'ACCESS EXCLUSIVE')
    if (one.subtype === 'AT_AddInherit' || one.subtype === 'AT_DropInherit') {
      if (one.def !== undefined && 'RangeVar' in one.def) take(one.def.RangeVar, 'SHARE UPDATE EXCLUSIVE')
    }
    for (const inner of columnConstraints(columnOf(one))) take(inner.pktable, 'SHARE ROW EXCLUSIVE')
  }
}

function createTable({ tableElts, inhRelations, partbound }: CreateStmt, take: TakeRelation): void {
  for (const parent of ranges(inhRelations))
    take(parent, partbound === undefined ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE')
  for (const referenced of referencedBy(tableElts)) take(referenced, 'SHARE ROW EXCLUSIVE')
}

function drop({ objects, removeType, concurrent }: DropStmt, take: TakeName, facts: Facts): void {
  const mode = concurrent === true ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE'
  for (const one of objects ?? []) {
    if (!('List' in one)) continue
    const { items } = one.List
    if (removeType === 'OBJECT_INDEX') {
      const name = dottedName(items)
      take(facts.relations.get(name)?.table ?? name, mode)
    } else if (removeType === 'OBJECT_TRIGGER' || removeType === 'OBJECT_POLICY' || removeType === 'OBJECT_RULE') {
      take(strings(items).slice(0, -1).map(quoted).join('.'), mode)
    } else if (/^OBJECT_(TABLE|MATVIEW|VIEW|FOREIGN_TABLE)$/.test(removeType ?? '')) take(dottedName(items), mode)
  }
}

/** Tables that the constraints of a CREATE TABLE refer to. */
export function referencedBy(elements: readonly Node[] | undefined): readonly RangeVar[] {
  const own = (elements ?? []).flatMap((one) => {
    if ('Constraint' in one) return [one.Constraint]
    return 'ColumnDef' in one ? columnConstraints(one.ColumnDef) : []
  })
  return own.flatMap(({ pktable }) => (pktable === undefined ? [] : [pktable]))
}

/** The commands of an ALTER TABLE. */
export function commands(list: readonly Node[] | undefined): readonly AlterTableCmd[] {
  return (list ?? []).flatMap((one) => ('AlterTableCmd' in one ? [one.AlterTableCmd] : []))
}

/** The constraint that a command of ALTER TABLE adds. */
export function constraintOf({ def }: AlterTableCmd): Constraint | null {
  return def !== undefined && 'Constraint' in def ? def.Constraint : null
}

/** The column that a command of ALTER TABLE adds or changes. */
export function columnOf({ def }: AlterTableCmd): ColumnDef | null {
  return def !== undefined && 'ColumnDef' in def ? def.ColumnDef : null
}

/** The constraints written at a column. */
export function columnConstraints(column: ColumnDef | null): readonly Constraint[] {
  return (column?.constraints ?? []).flatMap((one) => ('Constraint' in one ? [one.Constraint] : []))
}

/** The partition that a command attaches or detaches. */
export function partitionOf({ def }: AlterTableCmd) {
  return def !== undefined && 'PartitionCmd' in def ? def.PartitionCmd : null
}

/** The relations of a list in the tree. */
export function ranges(list: readonly Node[] | undefined): readonly RangeVar[] {
  return (list ?? []).flatMap((one) => ('RangeVar' in one ? [one.RangeVar] : []))
}

/** True when an option of VACUUM or REINDEX is given and not switched off. */
export function hasOption(options: readonly Node[] | undefined, name: string): boolean {
  return (options ?? []).some((one) => {
    if (!('DefElem' in one) || one.DefElem.defname !== name) return false
    const { arg } = one.DefElem
    if (arg === undefined) return true
    if ('Boolean' in arg) return arg.Boolean.boolval === true
    return !('String' in arg && /^(off|false|0)$/i.test(arg.String.sval ?? ''))
  })
}
