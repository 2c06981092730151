import { relationName } from '../../../parse/names'
import { commands, hasOption } from '../locks'
import type { Advice, Rule } from '../rule'
import { sizeOf } from './sizes'

const REWRITE = 'The whole table and its indexes are written anew, and nobody reads or writes meanwhile.'

const SUBTYPES: Readonly<Record<string, { readonly what: string; readonly safer: string }>> = {
  AT_SetTableSpace: {
    what: 'SET TABLESPACE moves',
    safer: 'Move indexes first, and the table when nobody needs it; pg_repack moves it online.',
  },
  AT_SetLogged: { what: 'SET LOGGED rewrites', safer: 'Do it when nobody needs the table.' },
  AT_SetUnLogged: {
    what: 'SET UNLOGGED rewrites',
    safer: 'Leave it logged: an unlogged table is emptied after a crash and is not on replicas.',
  },
  AT_SetAccessMethod: { what: 'SET ACCESS METHOD rewrites', safer: 'Do it when nobody needs the table.' },
}

/** Whole tables written anew. */
export const REWRITE_RULES: readonly Rule[] = [
  {
    id: 'rewrites-table',
    isForDown: true,
    check: ({ tree }, context) => {
      if ('AlterTableStmt' in tree) {
        const { relation, cmds } = tree.AlterTableStmt
        if (context.made.has(relation)) return []
        const table = relationName(relation)
        return commands(cmds).flatMap((one): Advice[] => {
          const found = SUBTYPES[one.subtype ?? '']
          const reason = `${REWRITE}${sizeOf(context.facts, table)}`
          return found === undefined ? [] : [{ title: `${found.what} ${table}`, reason, safer: found.safer }]
        })
      }
      if ('ClusterStmt' in tree && !context.made.has(tree.ClusterStmt.relation)) {
        const what =
          tree.ClusterStmt.relation === undefined ? 'every clustered table' : relationName(tree.ClusterStmt.relation)
        return [
          {
            title: `CLUSTER rewrites ${what}`,
            reason: REWRITE,
            safer: 'Do it when nobody needs the table; pg_repack does it online.',
          },
        ]
      }
      return []
    },
  },
  {
    id: 'vacuum-full',
    isForDown: true,
    check: ({ tree }) => {
      if (!('VacuumStmt' in tree) || !hasOption(tree.VacuumStmt.options, 'full')) return []
      return [
        {
          title: 'VACUUM FULL rewrites its tables',
          reason: REWRITE,
          safer:
            'A plain VACUUM lets others work and makes the space usable again; it does not give it back to the disk.',
        },
      ]
    },
  },
  {
    id: 'refresh-without-concurrently',
    isForDown: true,
    check: ({ tree }, context) => {
      if (!('RefreshMatViewStmt' in tree)) return []
      const { relation, concurrent, skipData } = tree.RefreshMatViewStmt
      if (concurrent === true || skipData === true || context.made.has(relation)) return []
      const view = relationName(relation)
      return [
        {
          title: `REFRESH blocks reads of ${view} while its query runs`,
          reason: 'The materialized view is filled anew under ACCESS EXCLUSIVE.',
          safer: `REFRESH MATERIALIZED VIEW CONCURRENTLY ${view}; it needs a unique index on the view's columns.`,
        },
      ]
    },
  },
]
