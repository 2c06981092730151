import type { Node } from 'libpg-query'
import { blockedBy, LOCK_MODES } from '../../../../../contract/lint'
import { relationName } from '../../../parse/names'
import { commands, locksOf, partitionOf, ranges } from '../locks'
import type { Advice, LintContext, Rule, TakenLock } from '../rule'

/** True for a lock that keeps others from writing, or from reading too. */
export function isStrong({ mode }: TakenLock): boolean {
  return LOCK_MODES.indexOf(mode) >= LOCK_MODES.indexOf('SHARE')
}

/** Locks by themselves: asked for, held too long, or too many at once. */
export const LOCK_RULES: readonly Rule[] = [
  {
    id: 'lock-table',
    isForDown: true,
    check: ({ tree }, context) => {
      if (!('LockStmt' in tree)) return []
      const names = ranges(tree.LockStmt.relations)
        .filter((one) => !context.made.has(one))
        .map(relationName)
      const mode = LOCK_MODES[(tree.LockStmt.mode ?? 8) - 1] ?? 'ACCESS EXCLUSIVE'
      if (names.length === 0 || LOCK_MODES.indexOf(mode) < LOCK_MODES.indexOf('SHARE')) return []
      return [
        {
          title: `LOCK TABLE ${blockedBy(mode)} of ${names.join(', ')} until the migration ends`,
          reason: `It takes ${mode} and keeps it.`,
          safer:
            'Every statement takes the lock it needs by itself. If it must be, take the weakest mode, last, and set "-- lock-timeout:".',
        },
      ]
    },
  },
  {
    id: 'trigger-blocks-writes',
    isForDown: true,
    check: ({ tree }, context) => {
      const found = 'CreateTrigStmt' in tree ? tree.CreateTrigStmt.relation : switchedTrigger(tree)
      if (found === undefined || context.made.has(found)) return []
      const table = relationName(found)
      const isCreated = 'CreateTrigStmt' in tree
      return [
        {
          severity: 'note',
          title: `${isCreated ? 'CREATE TRIGGER' : 'Switching triggers'} blocks writes to ${table} until the migration ends`,
          reason: isCreated
            ? 'It is quick by itself, but waits for every writer, and whoever comes later waits behind it.'
            : 'It waits for every writer. Triggers that are off do not check foreign keys or keep derived data.',
          safer: 'Keep what takes long out of this migration, and set "-- lock-timeout:".',
        },
      ]
    },
  },
  {
    id: 'attach-partition-scans',
    isForDown: true,
    check: ({ tree }, context) => attached(tree, context),
  },
  {
    id: 'partition-locks-parent',
    isForDown: true,
    check: ({ tree }, context) => {
      if ('CreateStmt' in tree && tree.CreateStmt.partbound !== undefined) {
        const parent = ranges(tree.CreateStmt.inhRelations)[0]
        if (parent === undefined || context.made.has(parent)) return []
        const name = relationName(parent)
        return [
          {
            title: `CREATE TABLE … PARTITION OF blocks reads and writes of ${name}`,
            reason: 'It takes ACCESS EXCLUSIVE on the parent.',
            safer: `CREATE TABLE … (LIKE ${name} INCLUDING ALL), then ALTER TABLE ${name} ATTACH PARTITION, which lets others read and write.`,
          },
        ]
      }
      if (!('AlterTableStmt' in tree) || context.made.has(tree.AlterTableStmt.relation)) return []
      const name = relationName(tree.AlterTableStmt.relation)
      return commands(tree.AlterTableStmt.cmds).flatMap((one): Advice[] =>
        one.subtype !== 'AT_DetachPartition' || partitionOf(one)?.concurrent === true
          ? []
          : [
              {
                title: `DETACH PARTITION blocks reads and writes of ${name}`,
                reason: 'It takes ACCESS EXCLUSIVE on the parent.',
                safer:
                  'DETACH PARTITION … CONCURRENTLY, in a migration with "-- transaction: off" (PostgreSQL 14 and later).',
              },
            ],
      )
    },
  },
  {
    id: 'many-strong-locks',
    isForDown: true,
    check: ({ tree }, context) => {
      if (!context.isTransactional || context.index !== context.statements.length - 1) return []
      const tables = new Set<string>()
      const own = locksOf(tree, context.made, context.facts).filter(isStrong)
      for (const { relation } of [...context.held, ...own]) tables.add(relation)
      if (tables.size < 3) return []
      return [
        {
          title: `This migration blocks ${tables.size} tables at once: ${[...tables].slice(0, 5).join(', ')}${tables.size > 5 ? ', …' : ''}`,
          reason:
            'Each lock is held until the end of the transaction. The more there are, the likelier a deadlock with somebody who takes them in another order.',
          safer: 'One migration for each table.',
        },
      ]
    },
  },
  {
    id: 'strong-lock-while-data-changes',
    isForDown: true,
    check: ({ tree }, context) => {
      const writes = 'UpdateStmt' in tree || 'DeleteStmt' in tree || ('InsertStmt' in tree && isFromSelect(tree))
      if (!context.isTransactional || !writes) return []
      const held = context.held.map(({ relation }) => relation)
      const [first] = held
      if (first === undefined) return []
      return [
        {
          title: `${[...new Set(held)].slice(0, 3).join(', ')} ${held.length === 1 ? 'is' : 'are'} blocked while this changes rows`,
          reason: 'A statement above took a lock that blocks others, and it is held until the end of the transaction.',
          safer: 'Change the rows in a migration of its own, after this one.',
        },
      ]
    },
  },
  {
    id: 'enum-value-used-at-once',
    isForDown: true,
    check: ({ text, tree }, context) => {
      if (!context.isTransactional || 'AlterEnumStmt' in tree) return []
      const used = context.made.enumValues.find((value) => text.includes(`'${value.replaceAll("'", "''")}'`))
      if (used === undefined) return []
      return [
        {
          severity: 'error',
          title: `The new value '${used}' cannot be used in the transaction that adds it`,
          reason: 'The server refuses it (55P04): until the commit an enum value is unsafe to use.',
          safer: 'Use it in a later migration.',
        },
      ]
    },
  },
]

function attached(tree: Node, context: LintContext): readonly Advice[] {
  if (!('AlterTableStmt' in tree)) return []
  return commands(tree.AlterTableStmt.cmds).flatMap((one): Advice[] => {
    const part = one.subtype === 'AT_AttachPartition' ? partitionOf(one)?.name : undefined
    if (part === undefined || context.made.has(part)) return []
    return [
      {
        title: `ATTACH PARTITION reads all of ${relationName(part)} while nobody uses it`,
        reason: 'The server looks for rows outside the bounds under ACCESS EXCLUSIVE, in the default partition too.',
        safer:
          'Add a CHECK with the same bounds to the partition, NOT VALID, and VALIDATE it before: ATTACH then has nothing to read.',
      },
    ]
  })
}

function switchedTrigger(tree: Node) {
  if (!('AlterTableStmt' in tree)) return undefined
  const isSwitched = commands(tree.AlterTableStmt.cmds).some(({ subtype }) =>
    /^AT_(Enable|Disable)\w*Trig/.test(subtype ?? ''),
  )
  return isSwitched ? tree.AlterTableStmt.relation : undefined
}

function isFromSelect(tree: Extract<Node, { InsertStmt: unknown }>): boolean {
  const source = tree.InsertStmt.selectStmt
  return source !== undefined && 'SelectStmt' in source && source.SelectStmt.valuesLists === undefined
}
