import type { Catalog } from './catalog'
import { privilege } from './definitions/properties'
import { exact, type Finish, notNeeded } from './inverse'

// Every privilege that somebody has on an object, with what GRANT calls the object.
const PRIVILEGES = `
select a.privilege_type, a.grantee::pg_catalog.regrole, a.is_grantable, o.what
from (
  select c.relacl as acl, case c.relkind when 'S' then 'on sequence ' else 'on table ' end || c.oid::pg_catalog.regclass as what
    from pg_catalog.pg_class c where c.relacl is not null and c.relnamespace <> 'pg_catalog'::pg_catalog.regnamespace
  union all
  select pg_catalog.acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner),
    case c.relkind when 'S' then 'on sequence ' else 'on table ' end || c.oid::pg_catalog.regclass
    from pg_catalog.pg_class c where c.relacl is null and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') -- tables, views, sequences
      and c.relnamespace <> 'pg_catalog'::pg_catalog.regnamespace
  union all
  select coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner)), 'on routine ' || p.oid::pg_catalog.regprocedure
    from pg_catalog.pg_proc p where p.pronamespace <> 'pg_catalog'::pg_catalog.regnamespace
  union all
  select coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner)), 'on schema ' || n.oid::pg_catalog.regnamespace from pg_catalog.pg_namespace n
  union all
  select coalesce(t.typacl, pg_catalog.acldefault('T', t.typowner)), 'on type ' || t.oid::pg_catalog.regtype
    from pg_catalog.pg_type t where t.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace and t.typtype in ('e', 'd', 'r', 'c', 'b')
      and t.typelem = 0 and (t.typrelid = 0 or exists (select from pg_catalog.pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
  union all
  select coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba)), 'on database ' || pg_catalog.quote_ident(d.datname) from pg_catalog.pg_database d
) o, lateral pg_catalog.aclexplode(o.acl) a
union all
select a.privilege_type || ' (' || pg_catalog.quote_ident(c.attname) || ')', a.grantee::pg_catalog.regrole, a.is_grantable,
  'on table ' || c.attrelid::pg_catalog.regclass
from pg_catalog.pg_attribute c, lateral pg_catalog.aclexplode(c.attacl) a where c.attrelid >= 16384`

const MEMBERS = `select m.roleid::pg_catalog.regrole || ' to ' || m.member::pg_catalog.regrole,
  m.roleid::pg_catalog.regrole || ' from ' || m.member::pg_catalog.regrole, m.admin_option from pg_catalog.pg_auth_members m`

/** The inverse of GRANT and REVOKE: exactly what they changed, by the privileges that each object has before and after. */
export async function invertGrant(catalog: Catalog): Promise<Finish> {
  const before = await privileges(catalog)
  return async () => {
    const after = await privileges(catalog)
    const sql: string[] = []
    for (const [key, { what, row }] of after) {
      const old = before.get(key)
      const [kind = '', grantee = '', isGrantable] = row
      if (old === undefined) sql.push(privilege(['revoke', kind, grantee, null], what))
      else if (old.row[2] !== isGrantable && isGrantable === 't') {
        sql.push(privilege(['revoke', `grant option for ${kind}`, grantee, null], what))
      } else if (old.row[2] !== isGrantable) sql.push(privilege(['grant', kind, grantee, 't'], what))
    }
    for (const [key, { what, row }] of before) if (!after.has(key)) sql.push(privilege(['grant', ...row], what))
    return sql.length === 0 ? notNeeded('It changed no privilege.') : exact(...sql)
  }
}

/** The inverse of GRANT and REVOKE of a role's membership. */
export async function invertMembership(catalog: Catalog): Promise<Finish> {
  const read = async () =>
    new Map((await catalog.rows(MEMBERS)).map(([to, from, admin]) => [to ?? '', { from, admin }]))
  const before = await read()
  return async () => {
    const after = await read()
    const sql: string[] = []
    for (const [to, { from }] of after) if (!before.has(to)) sql.push(`revoke ${from}`)
    for (const [to, { admin }] of before)
      if (!after.has(to)) sql.push(`grant ${to}${admin === 't' ? ' with admin option' : ''}`)
    return sql.length === 0 ? notNeeded('It changed no membership.') : exact(...sql)
  }
}

interface Held {
  readonly what: string
  /** Privilege, grantee, whether it may be granted on. */
  readonly row: readonly (string | null)[]
}

async function privileges(catalog: Catalog): Promise<ReadonlyMap<string, Held>> {
  const rows = await catalog.rows(PRIVILEGES)
  return new Map(
    rows.map(([kind = '', grantee = '', isGrantable = null, what]) => [
      `${what} ${kind} ${grantee}`,
      { what: what ?? '', row: [kind, grantee, isGrantable] },
    ]),
  )
}
