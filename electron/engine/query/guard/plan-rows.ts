/** A node of a plan as EXPLAIN (FORMAT JSON) writes it; only what is read here. */
interface PlanNode {
  readonly 'Node Type'?: string
  readonly Operation?: string
  readonly 'Parent Relationship'?: string
  readonly 'Plan Rows'?: number
  readonly Plans?: readonly PlanNode[]
}

/** The rows that the parts of a plan change or remove, as the planner estimates them. */
export function changedRows(explained: unknown): number {
  const count = (node: PlanNode): number => {
    const below = node.Plans ?? []
    const deeper = below.reduce((sum, one) => sum + count(one), 0)
    if (node['Node Type'] !== 'ModifyTable' || node.Operation === 'Insert') return deeper
    // Its own rows are those it returns; before PostgreSQL 14 there is one input per partition.
    const inputs = below.filter((one) => ['Outer', 'Member'].includes(one['Parent Relationship'] ?? ''))
    return deeper + inputs.reduce((sum, one) => sum + (one['Plan Rows'] ?? 0), 0)
  }
  return Math.round(count(topOf(explained)))
}

/** The rows that a plan reads, as the planner estimates them. */
export function heldRows(explained: unknown): number {
  return Math.round(topOf(explained)['Plan Rows'] ?? 0)
}

function topOf(explained: unknown): PlanNode {
  const [first] = explained as readonly { readonly Plan?: PlanNode }[] // EXPLAIN (FORMAT JSON) answers with a list of one
  return first?.Plan ?? {}
}
