import type { AlterTableCmd, AlterTableStmt, Node } from 'libpg-query'
import { quoted, relationName } from '../../parse/names'
import { columnOf, commands, constraintOf, partitionOf } from '../lint/locks'
import { type AlteredTable, readAlteredTable } from './altered-table'
import type { Catalog } from './catalog'
import { columnText } from './definitions/columns'
import { constraintsOf, firing, indexesOf } from './definitions/parts'
import { commentsOf } from './definitions/properties'
import { exact, type Finish, type Inverse, known, lossy, none, notNeeded, together } from './inverse'

/** The inverse of ALTER TABLE: of its commands, the last one first, from what the catalog says before it runs. */
export async function invertAlterTable(statement: AlterTableStmt, catalog: Catalog): Promise<Finish> {
  const { relation, cmds, objtype } = statement
  const table = await readAlteredTable(catalog, relation)
  if (table === null) return known(notNeeded(`${relationName(relation)} was not there.`))
  const word = {
    OBJECT_VIEW: 'view',
    OBJECT_MATVIEW: 'materialized view',
    OBJECT_INDEX: 'index',
    OBJECT_SEQUENCE: 'sequence',
  }
  const alter = `alter ${word[objtype as keyof typeof word] ?? 'table'} ${table.name}`
  const finishes: Finish[] = []
  for (const command of commands(cmds)) finishes.push(await invertCommand(command, table, alter))
  return async () => {
    const inverses: Inverse[] = []
    for (const finish of finishes) inverses.unshift(await finish())
    return together(inverses)
  }
}

async function invertCommand(command: AlterTableCmd, table: AlteredTable, alter: string): Promise<Finish> {
  const { subtype = 'AT_AddColumn', name = '' } = command
  const column = table.columns.get(name)
  const alterColumn = `${alter} alter column ${quoted(name)}`
  switch (subtype) {
    case 'AT_AddColumn': {
      const added = columnOf(command)?.colname ?? ''
      if (table.columns.has(added)) return known(notNeeded(`Column ${quoted(added)} existed already.`))
      return known(exact(`${alter} drop column ${quoted(added)}`))
    }
    case 'AT_DropColumn':
      return dropColumn(command, table, alter)
    case 'AT_ColumnDefault':
      if (column?.default == null) return known(exact(`${alterColumn} drop default`))
      return known(exact(`${alterColumn} set default ${column.default}`))
    case 'AT_SetNotNull':
      return known(
        column?.isNotNull === true
          ? notNeeded('The column was NOT NULL already.')
          : exact(`${alterColumn} drop not null`),
      )
    case 'AT_DropNotNull':
      if (column?.isNotNull !== true) return known(notNeeded('The column was not NOT NULL.'))
      if (column.notNullName === null) return known(exact(`${alterColumn} set not null`))
      return known(exact(`${alter} add constraint ${quoted(column.notNullName)} not null ${quoted(name)}`))
    case 'AT_AlterColumnType':
      return alterType(name, table, alterColumn)
    case 'AT_AddConstraint':
      return addConstraint(command, table, alter)
    case 'AT_DropConstraint': {
      const found = table.constraints.find((one) => one.name === name)
      if (found !== undefined)
        return known(exact(...found.sql, ...(await commentsOf(table.catalog, 'pg_constraint', found.oid))))
      // The NOT NULL of a column is a constraint with a name from PostgreSQL 18 on.
      const owner = [...table.columns.values()].find(
        (one) => (one.notNullName ?? usualNotNull(table, one.name)) === name,
      )
      if (owner?.isNotNull !== true) return known(notNeeded(`${quoted(name)} was not there.`))
      const named = owner.notNullName === null ? '' : `constraint ${quoted(owner.notNullName)} `
      return known(exact(`${alter} add ${named}not null ${quoted(owner.name)}`))
    }
    case 'AT_ValidateConstraint': {
      const found = table.constraints.find((one) => one.name === name)
      const isValid = found === undefined || !/ NOT VALID$/.test(found.sql[0] ?? '')
      return known(
        isValid ? notNeeded('It was valid already.') : exact(`${alter} drop constraint ${quoted(name)}`, ...found.sql),
      )
    }
    case 'AT_AlterConstraint': {
      const found = table.constraints.find((one) => one.name === constraintNamed(command))
      return known(
        found === undefined
          ? none('The constraint is not there.')
          : exact(`${alter} drop constraint ${quoted(found.name)}`, ...found.sql),
      )
    }
    default:
      return invertSetting(command, table, alter)
  }
}

async function invertSetting(command: AlterTableCmd, table: AlteredTable, alter: string): Promise<Finish> {
  const { subtype = '', name = '' } = command
  const { facts } = table
  const alterColumn = `${alter} alter column ${quoted(name)}`
  const restoreColumn = (kind: string, usual: string): Finish => {
    const old = table.columns.get(name)?.settings.find((one) => one.startsWith(kind))
    return known(exact(`${alterColumn} ${old ?? usual}`))
  }
  switch (subtype) {
    case 'AT_EnableRowSecurity':
    case 'AT_DisableRowSecurity':
      return known(exact(`${alter} ${facts.hasRowSecurity ? 'enable' : 'disable'} row level security`))
    case 'AT_ForceRowSecurity':
    case 'AT_NoForceRowSecurity':
      return known(exact(`${alter} ${facts.isForced ? 'force' : 'no force'} row level security`))
    case 'AT_SetLogged':
    case 'AT_SetUnLogged':
      return known(exact(`${alter} set ${facts.persistence === 'u' ? 'unlogged' : 'logged'}`))
    case 'AT_SetRelOptions':
    case 'AT_ResetRelOptions':
      return known(exact(...optionsBack(command, table, alter)))
    case 'AT_ReplicaIdentity':
      return known(exact(`${alter} replica identity ${facts.replicaIdentity}`))
    case 'AT_ClusterOn':
    case 'AT_DropCluster':
      return known(
        exact(`${alter} ${facts.clusteredOn === null ? 'set without cluster' : `cluster on ${facts.clusteredOn}`}`),
      )
    case 'AT_ChangeOwner':
      return known(exact(`${alter} owner to ${facts.owner}`))
    case 'AT_SetTableSpace':
      return known(exact(`${alter} set tablespace ${facts.tablespace ?? 'pg_default'}`))
    case 'AT_SetStatistics':
      return restoreColumn('set statistics', 'set statistics -1')
    case 'AT_SetCompression':
      return restoreColumn('set compression', 'set compression default')
    case 'AT_SetOptions':
    case 'AT_ResetOptions':
      return restoreColumn('set (', 'reset (n_distinct, n_distinct_inherited)')
    case 'AT_SetStorage': {
      const usual = await table.catalog.value(
        `select case t.typstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end
         from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid where a.attrelid = $1 and a.attname = $2`,
        [table.oid, name],
      )
      return restoreColumn('set storage', `set storage ${usual ?? 'extended'}`)
    }
    case 'AT_AddIdentity':
      return known(exact(`${alterColumn} drop identity`))
    case 'AT_SetIdentity':
    case 'AT_DropIdentity': {
      const old = table.columns.get(name)?.identity ?? ''
      if (old === '') return known(notNeeded('The column was no identity.'))
      if (subtype === 'AT_SetIdentity') return known(exact(`${alterColumn} drop identity`, `${alterColumn} add${old}`))
      return known(lossy([`${alterColumn} add${old}`], 'The identity starts anew.'))
    }
    case 'AT_AddInherit':
    case 'AT_DropInherit': {
      const parent = command.def !== undefined && 'RangeVar' in command.def ? relationName(command.def.RangeVar) : ''
      return known(exact(`${alter} ${subtype === 'AT_AddInherit' ? 'no inherit' : 'inherit'} ${parent}`))
    }
    case 'AT_AttachPartition':
      return known(exact(`${alter} detach partition ${relationName(partitionOf(command)?.name)}`))
    case 'AT_DetachPartition':
      return detach(command, table, alter)
    default:
      return /^AT_(Enable|Disable)\w*Trig/.test(subtype)
        ? known(exact(...triggersBack(command, table)))
        : known(none(`Strata does not know how to take ${wordsOf(subtype)} back.`))
  }
}

async function dropColumn(command: AlterTableCmd, table: AlteredTable, alter: string): Promise<Finish> {
  const { name = '' } = command
  const column = table.columns.get(name)
  if (column === undefined) return known(notNeeded(`Column ${quoted(name)} was not there.`))
  const comments = await commentsOf(table.catalog, 'pg_class', table.oid)
  // A table with rows refuses a new column that is NOT NULL and has nothing to fill it with.
  const isFilled = column.default !== null || column.generated !== '' || column.identity !== ''
  const isLeftOut = column.isNotNull && !isFilled
  return async () => {
    const lost = await lostParts(table)
    const sql = [
      `${alter} add column ${columnText(column, column.isNotNull && isFilled)}`,
      ...column.settings.map((setting) => `${alter} alter column ${quoted(name)} ${setting}`),
      ...lost,
      ...comments.filter((sql) => sql.startsWith('comment on column') && sql.includes(`.${quoted(name)} is `)),
    ]
    const isNotNull = isLeftOut
      ? ` NOT NULL is left out, because rows that are there would break it: fill the column, then set it.`
      : ''
    return lossy(
      sql,
      `DROP COLUMN ${quoted(name)}: its values cannot come back, and it comes back as the last column.${isNotNull}`,
    )
  }
}

/** Constraints and indexes that are gone although no command names them. */
async function lostParts(table: AlteredTable): Promise<readonly string[]> {
  const constraints = new Set((await constraintsOf(table.catalog, table.oid, table.name)).map(({ oid }) => oid))
  const indexes = new Set((await indexesOf(table.catalog, table.oid)).map(({ oid }) => oid))
  return [
    ...table.constraints.filter(({ oid }) => !constraints.has(oid)),
    ...table.indexes.filter(({ oid }) => !indexes.has(oid)),
  ].flatMap(({ sql }) => sql)
}

async function alterType(name: string, table: AlteredTable, alterColumn: string): Promise<Finish> {
  const column = table.columns.get(name)
  if (column === undefined) return known(none('The column is not there.'))
  const { type, collation } = column
  const back = `${alterColumn} type ${type}${collation} using ${quoted(name)}::${type}`
  // A default that has no cast to the type keeps the change from happening, and one that has is rewritten by it.
  const sql =
    column.default === null
      ? [back]
      : [`${alterColumn} drop default`, back, `${alterColumn} set default ${column.default}`]
  return known(lossy(sql, `Values that are not the same in ${type} stay changed, or make the rollback fail.`))
}

async function addConstraint(command: AlterTableCmd, table: AlteredTable, alter: string): Promise<Finish> {
  const constraint = constraintOf(command)
  const { catalog } = table
  if (constraint?.contype === 'CONSTR_NOTNULL') {
    const key = constraint.keys?.[0]
    const name = key !== undefined && 'String' in key ? (key.String.sval ?? '') : ''
    return known(exact(`${alter} alter column ${quoted(name)} drop not null`))
  }
  const index = table.indexes.find(({ name }) => name === constraint?.indexname)
  const comments = index === undefined ? [] : await commentsOf(catalog, 'pg_class', index.oid)
  const wasNullable = [...table.columns.values()].filter(({ isNotNull }) => !isNotNull).map(({ name }) => name)
  return async () => {
    const now = await constraintsOf(catalog, table.oid, table.name)
    const before = new Set(table.constraints.map(({ oid }) => oid))
    const added =
      constraint?.conname === undefined
        ? now.filter(({ oid }) => !before.has(oid)).map(({ name }) => name)
        : [constraint.conname]
    const sql = added.map((name) => `${alter} drop constraint ${quoted(name)}`)
    // An index that became the constraint's own goes with it.
    if (index !== undefined) sql.push(...index.sql, ...comments)
    if (constraint?.contype === 'CONSTR_PRIMARY') sql.push(...(await nullableAgain(table, wasNullable, alter)))
    return exact(...sql)
  }
}

/** A primary key makes its columns NOT NULL, and leaves them so when it is dropped. */
async function nullableAgain(
  table: AlteredTable,
  wasNullable: readonly string[],
  alter: string,
): Promise<readonly string[]> {
  const now = await table.catalog.list(
    'select attname from pg_catalog.pg_attribute where attrelid = $1 and attnum > 0 and attnotnull',
    [table.oid],
  )
  return now
    .filter((name) => wasNullable.includes(name))
    .map((name) => `${alter} alter column ${quoted(name)} drop not null`)
}

async function detach(command: AlterTableCmd, table: AlteredTable, alter: string): Promise<Finish> {
  const part = relationName(partitionOf(command)?.name)
  const bound = await table.catalog.value(
    'select pg_catalog.pg_get_expr(c.relpartbound, c.oid) from pg_catalog.pg_class c where c.oid = pg_catalog.to_regclass($1)',
    [part],
  )
  return known(bound === null ? none(`${part} is no partition.`) : exact(`${alter} attach partition ${part} ${bound}`))
}

function optionsBack(command: AlterTableCmd, table: AlteredTable, alter: string): readonly string[] {
  const items: readonly Node[] =
    command.def !== undefined && 'List' in command.def ? (command.def.List.items ?? []) : []
  const names = items.flatMap((one) =>
    'DefElem' in one ? [[one.DefElem.defnamespace, one.DefElem.defname].filter(Boolean).join('.')] : [],
  )
  const set = names.flatMap((name) => {
    const value = table.options.get(name)
    return value === undefined ? [] : [`${name} = ${value}`]
  })
  const reset = names.filter((name) => !table.options.has(name))
  return [
    ...(set.length === 0 ? [] : [`${alter} set (${set.join(', ')})`]),
    ...(reset.length === 0 ? [] : [`${alter} reset (${reset.join(', ')})`]),
  ]
}

function triggersBack({ name }: AlterTableCmd, table: AlteredTable): readonly string[] {
  const all = table.triggers.filter((one) => name === undefined || one.name === name)
  return all.flatMap((one) => {
    const state = table.firing.get(one.name) ?? 'O'
    const special = firing(table.name, one.name, state)
    return special.length > 0 ? special : [`alter table ${table.name} enable trigger ${quoted(one.name)}`]
  })
}

function usualNotNull({ plainName }: AlteredTable, column: string): string {
  return `${plainName}_${column}_not_null`
}

function constraintNamed({ def }: AlterTableCmd): string {
  if (def === undefined) return ''
  if ('ATAlterConstraint' in def) return def.ATAlterConstraint.conname ?? ''
  return 'Constraint' in def ? (def.Constraint.conname ?? '') : ''
}

/** `AT_SetExpression` as words: "SET EXPRESSION". */
function wordsOf(subtype: string): string {
  return `ALTER TABLE … ${subtype
    .replace(/^AT_/, '')
    .replace(/(?!^)([A-Z])/g, ' $1')
    .toUpperCase()}`
}
