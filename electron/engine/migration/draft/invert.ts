import type { AlterDomainStmt, AlterEnumStmt, AlterSeqStmt, Node } from 'libpg-query'
import { dottedName, literal, quoted, relationName } from '../../parse/names'
import type { Parser } from '../../parse/parser'
import type { Catalog } from './catalog'
import { sequenceText } from './definitions/sequence'
import { exact, type Finish, known, none, notNeeded } from './inverse'
import { invertAlterTable } from './invert-alter-table'
import { invertComment } from './invert-comment'
import { invertAlterPolicy, invertCreate } from './invert-create'
import { invertDrop } from './invert-drop'
import { invertGrant, invertMembership } from './invert-grant'
import { invertOwner, invertRename, invertSetSchema } from './invert-rename'

/** What takes a statement back, asked for before it runs: from its tree and from what the catalog says now. Never guessed. */
export async function invert(tree: Node, text: string, catalog: Catalog, parser: Parser): Promise<Finish> {
  const created = await invertCreate(tree, catalog)
  if (created !== null) return created
  if ('AlterTableStmt' in tree) {
    if (tree.AlterTableStmt.objtype === 'OBJECT_TYPE')
      return known(none('Strata does not know how to take back ALTER TYPE of attributes.'))
    return invertAlterTable(tree.AlterTableStmt, catalog)
  }
  if ('DropStmt' in tree) return invertDrop(tree.DropStmt, catalog)
  if ('RenameStmt' in tree) return invertRename(tree.RenameStmt)
  if ('AlterObjectSchemaStmt' in tree) return invertSetSchema(tree.AlterObjectSchemaStmt, catalog)
  if ('AlterOwnerStmt' in tree) return invertOwner(tree.AlterOwnerStmt, catalog)
  if ('CommentStmt' in tree) return invertComment(text, catalog, parser)
  if ('GrantStmt' in tree) return invertGrant(catalog)
  if ('GrantRoleStmt' in tree) return invertMembership(catalog)
  if ('AlterPolicyStmt' in tree)
    return invertAlterPolicy(catalog, tree.AlterPolicyStmt.table, tree.AlterPolicyStmt.policy_name ?? '')
  if ('AlterEnumStmt' in tree) return known(alterEnum(tree.AlterEnumStmt))
  if ('AlterDomainStmt' in tree) return alterDomain(tree.AlterDomainStmt, catalog)
  if ('AlterSeqStmt' in tree) return alterSequence(tree.AlterSeqStmt, catalog)
  if ('VariableSetStmt' in tree) return variable(tree.VariableSetStmt.name ?? '', catalog)
  return known(withoutInverse(tree))
}

function alterEnum({ typeName, oldVal, newVal }: AlterEnumStmt) {
  const name = dottedName(typeName)
  if (oldVal !== undefined)
    return exact(`alter type ${name} rename value ${literal(newVal ?? '')} to ${literal(oldVal)}`)
  return none(`ALTER TYPE ${name} ADD VALUE: PostgreSQL cannot take a value out of an enum.`)
}

async function alterDomain({ subtype, typeName, name, def }: AlterDomainStmt, catalog: Catalog): Promise<Finish> {
  const domain = dottedName(typeName)
  const oid = await catalog.type(domain)
  if (oid === null) return known(none('The domain is not there.'))
  const [row] = await catalog.rows('select typdefault, typnotnull from pg_catalog.pg_type where oid = $1', [oid])
  const constraints = () =>
    catalog.rows(
      'select conname, pg_catalog.pg_get_constraintdef(oid) from pg_catalog.pg_constraint where contypid = $1',
      [oid],
    )
  const before = await constraints()
  // T = default, N = drop NOT NULL, O = set NOT NULL, C = add a constraint, X = drop one, V = validate one
  if (subtype === 'T') {
    const old = row?.[0]
    return known(exact(`alter domain ${domain} ${old == null ? 'drop default' : `set default ${old}`}`))
  }
  if (subtype === 'O' || subtype === 'N') {
    return known(exact(`alter domain ${domain} ${row?.[1] === 't' ? 'set' : 'drop'} not null`))
  }
  if (subtype === 'C') {
    const isNamed = def !== undefined && 'Constraint' in def && def.Constraint.conname !== undefined
    return async () => {
      const names = (await constraints()).flatMap(([one]) =>
        before.some(([old]) => old === one) || one == null ? [] : [one],
      )
      return names.length === 0 && !isNamed
        ? none('The name of the constraint cannot be read from the catalog.')
        : exact(...names.map((one) => `alter domain ${domain} drop constraint ${quoted(one)}`))
    }
  }
  const old = before.find(([one]) => one === name)
  if (old === undefined) return known(notNeeded('The constraint was not there.'))
  const add = `alter domain ${domain} add constraint ${quoted(name ?? '')} ${old[1]}`
  if (subtype === 'X') return known(exact(add))
  return known(exact(`alter domain ${domain} drop constraint ${quoted(name ?? '')}`, add))
}

async function alterSequence({ sequence }: AlterSeqStmt, catalog: Catalog): Promise<Finish> {
  const name = relationName(sequence)
  const oid = await catalog.relation(name)
  if (oid === null) return known(notNeeded(`${name} was not there.`))
  const owner = await catalog.value(
    `select d.refobjid::pg_catalog.regclass || '.' || pg_catalog.quote_ident(a.attname) from pg_catalog.pg_depend d
     join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.objid = $1 and d.deptype = 'a'`,
    [oid],
  )
  return known(exact(`alter ${await sequenceText(catalog, oid)} owned by ${owner ?? 'none'}`))
}

async function variable(name: string, catalog: Catalog): Promise<Finish> {
  if (name !== 'search_path') return known(notNeeded('Settings go back by themselves when a migration ends.'))
  const old = await catalog.value(`select pg_catalog.current_setting('search_path')`)
  return known(exact(`set search_path = ${old === '' ? "''" : old}`))
}

function withoutInverse(tree: Node) {
  const [key = ''] = Object.keys(tree)
  const command =
    COMMANDS[key] ??
    key
      .replace(/Stmt$/, '')
      .replace(/(?!^)([A-Z])/g, ' $1')
      .toUpperCase()
  if (DATA.has(key)) return none(`${command}: there is no automatic inverse of a change of rows.`)
  if (CODE.has(key)) return none(`${command}: there is no automatic inverse of what its code does.`)
  if (HARMLESS.has(key)) return notNeeded(`${command} leaves nothing to take back.`)
  return none(`${command}: Strata does not know how to take it back.`)
}

const COMMANDS: Readonly<Record<string, string>> = {
  DoStmt: 'DO',
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
  TruncateStmt: 'TRUNCATE',
  CopyStmt: 'COPY',
  CallStmt: 'CALL',
  SelectStmt: 'SELECT',
  LockStmt: 'LOCK',
  VacuumStmt: 'VACUUM or ANALYZE',
  ReindexStmt: 'REINDEX',
  ClusterStmt: 'CLUSTER',
  RefreshMatViewStmt: 'REFRESH MATERIALIZED VIEW',
  VariableShowStmt: 'SHOW',
  ExplainStmt: 'EXPLAIN',
}
const DATA = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'TruncateStmt', 'CopyStmt'])
const CODE = new Set(['DoStmt', 'CallStmt'])
const HARMLESS = new Set([
  'SelectStmt',
  'LockStmt',
  'VacuumStmt',
  'ReindexStmt',
  'ClusterStmt',
  'RefreshMatViewStmt',
  'VariableShowStmt',
  'ExplainStmt',
  'CheckPointStmt',
  'NotifyStmt',
  'DiscardStmt',
])
