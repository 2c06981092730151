/** How the objects of one kind, or of a few kinds of one catalog, are read. Every expression yields text or NULL. */
export interface KindQuery {
  /** SQL expression of the kind's word. */
  readonly kind: string
  /** FROM clause and WHERE clause. */
  readonly from: string
  /** SQL expression of the schema-qualified, quoted name. */
  readonly identity: string
  /** SQL expression of the relation, or type, that the object is part of. */
  readonly parent?: string
  /** SQL expression of what stays the same when the object is renamed. */
  readonly address?: string
  /** SQL expression per property; the names are said on the screen. Undefined where the server has no such property. */
  readonly properties: Readonly<Record<string, string | undefined>>
}

/** The major version of the server whose catalogs are asked: they differ from 13 to 18. */
export type MajorVersion = number

/** The first object id that is not of PostgreSQL's own set-up. Source: FirstNormalObjectId in PostgreSQL. */
export const FIRST_OWN_OID = '16384'

/** SQL that leaves out what belongs to an extension: that comes and goes with the extension. */
export function notMember(catalog: string, oid: string): string {
  return `not exists (select from members where members.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass and members.objid = ${oid})`
}

/** SQL of a role's name. */
export function roleName(oid: string): string {
  return `pg_catalog.pg_get_userbyid(${oid})::text`
}

/** SQL of a schema-qualified name, quoted where it must be. */
export function qualified(schema: string, name: string): string {
  return `pg_catalog.quote_ident(${schema}) || '.' || pg_catalog.quote_ident(${name})`
}

/** SQL of privileges in words, NULL where nobody changed them; `type` is the letter that `acldefault` takes. */
export function privileges(acl: string, type: string, owner: string): string {
  const sorted = (list: string) =>
    `(select pg_catalog.array_agg(item::text order by item::text) from pg_catalog.unnest(${list}) item)`
  const grantee =
    "case grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(grantee)) end"
  return `case when ${acl} is null or ${sorted(acl)} is not distinct from ${sorted(`pg_catalog.acldefault('${type}', ${owner})`)} then null
    else coalesce((select pg_catalog.string_agg(line, '; ' order by line) from (
      select pg_catalog.string_agg(privilege_type || case when is_grantable then ' with grant option' else '' end, ', ' order by privilege_type)
        || ' to ' || ${grantee} || case when grantor = ${owner} then '' else ' by ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(grantor)) end as line
      from pg_catalog.aclexplode(${acl}) group by grantee, grantor) lines), 'nothing to anybody') end`
}

/** SQL of a list of options as `name=value`; the value of one that sounds like a secret is not read. */
export function options(list: string): string {
  return `(select pg_catalog.string_agg(case when option_name ~* '(pass|secret|token|key|credential)' then option_name || ' (hidden)'
      else option_name || '=' || option_value end, ', ' order by option_name) from pg_catalog.pg_options_to_table(${list}))`
}

/** SQL of the enabled state of a trigger, a rule or an event trigger; NULL for the ordinary one. */
export function firing(column: string): string {
  return `case ${column} when 'D' then 'disabled' when 'R' then 'enabled on replicas only' when 'A' then 'enabled always' end`
}
