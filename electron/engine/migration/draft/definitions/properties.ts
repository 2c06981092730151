import { literal, quoted } from '../../../parse/names'
import type { Catalog } from '../catalog'

const OWNERS: Readonly<Record<string, string>> = {
  pg_class:
    'select pg_catalog.pg_get_userbyid(relowner) from pg_catalog.pg_class where oid = $1 and relowner <> current_role::pg_catalog.regrole',
  pg_proc:
    'select pg_catalog.pg_get_userbyid(proowner) from pg_catalog.pg_proc where oid = $1 and proowner <> current_role::pg_catalog.regrole',
  pg_type:
    'select pg_catalog.pg_get_userbyid(typowner) from pg_catalog.pg_type where oid = $1 and typowner <> current_role::pg_catalog.regrole',
  pg_namespace:
    'select pg_catalog.pg_get_userbyid(nspowner) from pg_catalog.pg_namespace where oid = $1 and nspowner <> current_role::pg_catalog.regrole',
}

/** The catalogs whose objects have an owner. */
export type OwnedIn = 'pg_class' | 'pg_proc' | 'pg_type' | 'pg_namespace'

/** ALTER … OWNER TO where the owner is not who would make the object again; `what` is such as `table public.t`. */
export async function ownerOf(catalog: Catalog, from: OwnedIn, oid: string, what: string): Promise<readonly string[]> {
  const owner = await catalog.value(OWNERS[from] ?? '', [oid])
  return owner === null ? [] : [`alter ${what} owner to ${quoted(owner)}`]
}

const COMMENTS = `
with own (classid, objid) as (
  select $1::pg_catalog.regclass::pg_catalog.oid, $2::pg_catalog.oid
  union all select 'pg_catalog.pg_constraint'::pg_catalog.regclass, oid from pg_catalog.pg_constraint
    where $2 in (conrelid, contypid) and $1 in ('pg_class', 'pg_type')
  union all select 'pg_catalog.pg_class'::pg_catalog.regclass, indexrelid from pg_catalog.pg_index where indrelid = $2 and $1 = 'pg_class'
  union all select 'pg_catalog.pg_trigger'::pg_catalog.regclass, oid from pg_catalog.pg_trigger where tgrelid = $2 and $1 = 'pg_class'
  union all select 'pg_catalog.pg_policy'::pg_catalog.regclass, oid from pg_catalog.pg_policy where polrelid = $2 and $1 = 'pg_class'
  union all select 'pg_catalog.pg_rewrite'::pg_catalog.regclass, oid from pg_catalog.pg_rewrite where ev_class = $2 and $1 = 'pg_class'
)
select i.type, i.identity, d.description
from own
join pg_catalog.pg_description d on d.classoid = own.classid and d.objoid = own.objid
cross join lateral pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) i
order by i.type, i.identity`

/** COMMENT ON for an object and everything that is part of it. */
export async function commentsOf(
  catalog: Catalog,
  from:
    | 'pg_class'
    | 'pg_proc'
    | 'pg_type'
    | 'pg_namespace'
    | 'pg_trigger'
    | 'pg_policy'
    | 'pg_constraint'
    | 'pg_rewrite',
  oid: string,
): Promise<readonly string[]> {
  const rows = await catalog.rows(COMMENTS.replaceAll('$1', `'${from}'`).replaceAll('$2', oid))
  return rows.map(
    ([type, identity, text]) => `comment on ${commented(type ?? '')} ${identity} is ${literal(text ?? '')}`,
  )
}

/** The word for COMMENT ON of what `pg_identify_object` calls so. */
function commented(type: string): string {
  if (/ column$/.test(type)) return 'column'
  if (/ constraint$/.test(type)) return 'constraint'
  return type
}

const PRIVILEGES: Readonly<Record<string, { readonly from: string; readonly kind: string }>> = {
  pg_class: {
    from: `select relacl as acl, pg_catalog.acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner) as usual, relowner as owner
      from pg_catalog.pg_class where oid = $1`,
    kind: 'table',
  },
  pg_proc: {
    from: `select proacl as acl, pg_catalog.acldefault('f', proowner) as usual, proowner as owner from pg_catalog.pg_proc where oid = $1`,
    kind: 'routine',
  },
  pg_type: {
    from: `select typacl as acl, pg_catalog.acldefault('T', typowner) as usual, typowner as owner from pg_catalog.pg_type where oid = $1`,
    kind: 'type',
  },
  pg_namespace: {
    from: `select nspacl as acl, pg_catalog.acldefault('n', nspowner) as usual, nspowner as owner from pg_catalog.pg_namespace where oid = $1`,
    kind: 'schema',
  },
}

/** GRANT and REVOKE that lead from what a new object's owner and others may to what they may now; `name` is the object's. */
export async function privilegesOf(
  catalog: Catalog,
  from: OwnedIn,
  oid: string,
  name: string,
): Promise<readonly string[]> {
  const source = PRIVILEGES[from]
  if (source === undefined) return []
  const rows = await catalog.rows(
    `with o as (${source.from}),
       wanted as (select a.* from o, lateral pg_catalog.aclexplode(coalesce(o.acl, o.usual)) a),
       usual as (select a.* from o, lateral pg_catalog.aclexplode(o.usual) a)
     select 'grant', privilege_type, grantee::pg_catalog.regrole, is_grantable from (select * from wanted except select * from usual) g
     union all
     select 'revoke', privilege_type, grantee::pg_catalog.regrole, is_grantable from (select * from usual except select * from wanted) r
     order by 1 desc, 2, 3`,
    [oid],
  )
  const own = rows.map((row) => privilege(row, `on ${source.kind} ${name}`))
  return from === 'pg_class' ? [...own, ...(await columnPrivileges(catalog, oid, name))] : own
}

async function columnPrivileges(catalog: Catalog, oid: string, name: string): Promise<readonly string[]> {
  const rows = await catalog.rows(
    `select 'grant', a.privilege_type || ' (' || pg_catalog.quote_ident(c.attname) || ')', a.grantee::pg_catalog.regrole, a.is_grantable
     from pg_catalog.pg_attribute c, lateral pg_catalog.aclexplode(c.attacl) a
     where c.attrelid = $1 and c.attnum > 0 and not c.attisdropped order by c.attnum, 2, 3`,
    [oid],
  )
  return rows.map((row) => privilege(row, `on table ${name}`))
}

/** A GRANT or REVOKE from `verb, privilege, grantee, is grantable`; PUBLIC has no role. */
export function privilege([verb, kind, grantee, isGrantable]: readonly (string | null)[], on: string): string {
  const role = grantee === '-' ? 'public' : (grantee ?? '')
  if (verb === 'grant') return `grant ${kind} ${on} to ${role}${isGrantable === 't' ? ' with grant option' : ''}`
  return `revoke ${kind} ${on} from ${role}`
}
