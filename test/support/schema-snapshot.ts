import type { TestDatabase } from './database-on'

// Every object of the database by name with its definition, the history of migrations left out.
const OBJECTS = `with ns as (select oid, nspname
  from pg_namespace
  where nspname !~ '^pg_' and nspname<>'information_schema' and nspname<>'strata'),
ext as (select objid, classid
  from pg_depend
  where deptype='e'),
rel as (select c.*, n.nspname, quote_ident(n.nspname)||'.'||quote_ident(c.relname) fq
  from pg_class c join ns n on n.oid=c.relnamespace
  where not exists(select 1
  from ext
  where classid='pg_class'::regclass and objid=c.oid))
select 'schema' kind, quote_ident(n.nspname) ident, concat_ws('|',pg_get_userbyid(s.nspowner),s.nspacl::text) def
  from ns n join pg_namespace s on s.oid=n.oid
union all select 'extension', extname, extversion||'|'||extnamespace::regnamespace::text
  from pg_extension
union all select 'relation', fq, concat_ws('|',relkind,relpersistence,coalesce(reloptions::text,''),relrowsecurity,relforcerowsecurity,relreplident,relispartition,pg_get_partkeydef(oid),pg_get_expr(relpartbound,oid),reltablespace,pg_get_userbyid(relowner),relacl::text,(select amname
  from pg_am
  where oid=relam),case when relkind in('v','m') then pg_get_viewdef(oid) end)
  from rel
  where relkind in('r','p','v','m','f')
union all select 'inherits', r.fq, i.inhparent::regclass::text||'|'||i.inhseqno
  from pg_inherits i join rel r on r.oid=i.inhrelid
union all select 'column', r.fq||'.'||quote_ident(a.attname), concat_ws('|',format_type(a.atttypid,a.atttypmod),a.attnotnull,pg_get_expr(d.adbin,d.adrelid),a.attidentity,a.attgenerated,(select collname
  from pg_collation
  where oid=a.attcollation),a.attstorage,a.attcompression,a.attstattarget,a.attacl::text,(select array_agg(o order by o)
  from unnest(a.attoptions) o
  where o !~ '^pg_attver=')::text)
  from rel r join pg_attribute a on a.attrelid=r.oid and a.attnum>0 and not a.attisdropped left join pg_attrdef d on d.adrelid=a.attrelid and d.adnum=a.attnum
  where r.relkind in('r','p','v','m','f','c')
union all select 'columnorder', r.fq, (select string_agg(attname,',' order by attnum)
  from pg_attribute
  where attrelid=r.oid and attnum>0 and not attisdropped)
  from rel r
  where r.relkind in('r','p','f','c')
union all select 'constraint', case when conrelid<>0 then conrelid::regclass::text else contypid::regtype::text end||'.'||quote_ident(conname), concat_ws('|',contype,pg_get_constraintdef(c.oid),convalidated,condeferrable,condeferred,conislocal,coninhcount)
  from pg_constraint c join ns on ns.oid=c.connamespace
union all select 'index', i.indexrelid::regclass::text, concat_ws('|',pg_get_indexdef(i.indexrelid),indisvalid,indisclustered,indisreplident,indisprimary,r.reloptions::text)
  from pg_index i join rel r on r.oid=i.indexrelid
union all select 'sequence', r.fq, concat_ws('|',format_type(seqtypid,null),seqstart,seqincrement,seqmax,seqmin,seqcache,seqcycle,(select refobjid::regclass::text||'.'||(select attname
  from pg_attribute
  where attrelid=refobjid and attnum=refobjsubid)||deptype::text
  from pg_depend
  where classid='pg_class'::regclass and objid=r.oid and deptype in('a','i') and refobjsubid>0),pg_get_userbyid(relowner),relacl::text)
  from pg_sequence s join rel r on r.oid=s.seqrelid
union all select 'function', p.oid::regprocedure::text, concat_ws('|',case when prokind in('f','p','w') then pg_get_functiondef(p.oid) else 'agg '||(select a::text
  from pg_aggregate a
  where aggfnoid=p.oid) end,pg_get_userbyid(proowner),proacl::text)
  from pg_proc p join ns on ns.oid=p.pronamespace
  where not exists(select 1
  from ext
  where classid='pg_proc'::regclass and objid=p.oid)
union all select 'type', t.oid::regtype::text, concat_ws('|',typtype,(select string_agg(enumlabel,',' order by enumsortorder)
  from pg_enum
  where enumtypid=t.oid),case when typtype='d' then format_type(typbasetype,typtypmod)||typnotnull::text||coalesce(typdefault,'') end,pg_get_userbyid(typowner),typacl::text)
  from pg_type t join ns on ns.oid=t.typnamespace
  where typtype in('e','d','r','m','c') and (typrelid=0 or (select relkind
  from pg_class
  where oid=typrelid)='c') and not exists(select 1
  from ext
  where classid='pg_type'::regclass and objid=t.oid)
union all select 'trigger', r.fq||'.'||quote_ident(tgname), pg_get_triggerdef(t.oid)||'|'||tgenabled::text
  from pg_trigger t join rel r on r.oid=t.tgrelid
  where not tgisinternal
union all select 'policy', r.fq||'.'||quote_ident(polname), concat_ws('|',polcmd,polpermissive,polroles::regrole[]::text,pg_get_expr(polqual,polrelid),pg_get_expr(polwithcheck,polrelid))
  from pg_policy p join rel r on r.oid=p.polrelid
union all select 'rule', r.fq||'.'||quote_ident(rulename), pg_get_ruledef(w.oid)||'|'||ev_enabled::text
  from pg_rewrite w join rel r on r.oid=w.ev_class
  where rulename<>'_RETURN'
union all select 'statistics', s.stxname::text, pg_get_statisticsobjdef(s.oid)
  from pg_statistic_ext s join ns on ns.oid=s.stxnamespace
union all select 'comment', d.classoid::regclass::text||' '||(pg_identify_object(d.classoid,d.objoid,d.objsubid)).identity, d.description
  from pg_description d
  where (d.classoid='pg_class'::regclass and d.objoid in (select oid
  from rel)) or (d.classoid='pg_proc'::regclass and d.objoid in (select p.oid
  from pg_proc p join ns on ns.oid=p.pronamespace)) or (d.classoid='pg_type'::regclass and d.objoid in (select t.oid
  from pg_type t join ns on ns.oid=t.typnamespace)) or (d.classoid='pg_constraint'::regclass and d.objoid in (select c.oid
  from pg_constraint c join ns on ns.oid=c.connamespace)) or (d.classoid='pg_namespace'::regclass and d.objoid in (select oid
  from ns))
union all select 'publication', pubname, concat_ws('|',puballtables,pubinsert,pubupdate,pubdelete,pubtruncate,(select string_agg(prrelid::regclass::text,',' order by 1)
  from pg_publication_rel
  where prpubid=p.oid))
  from pg_publication p
union all select 'eventtrigger', evtname, concat_ws('|',evtevent,evtfoid::regproc,evtenabled,evttags::text)
  from pg_event_trigger
union all select 'defaultacl', concat_ws('|',pg_get_userbyid(defaclrole),defaclnamespace::regnamespace,defaclobjtype), defaclacl::text
  from pg_default_acl
order by 1,2,3`

const TABLES = `select format('%I.%I', schemaname, tablename) as name from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema', 'strata') order by 1`

const SEQUENCES = `select format('%I.%I', schemaname, sequencename) as name, last_value from pg_sequences
  where schemaname <> 'strata' order by 1`

/** Everything in a database apart from the history of migrations: each object's definition, each table's rows, each sequence's value. */
export async function snapshotOf(database: TestDatabase): Promise<unknown> {
  const objects = (await database.query(OBJECTS)).rows
  const data: Record<string, unknown> = {}
  for (const { name } of (await database.query(TABLES)).rows) {
    const { rows } = await database.query(`select t::text as row from ${name} t order by 1`)
    data[name] = rows.map(({ row }) => row)
  }
  const sequences = (await database.query(SEQUENCES)).rows
  return { objects, data, sequences }
}
