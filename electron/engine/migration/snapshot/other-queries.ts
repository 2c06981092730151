import {
  FIRST_OWN_OID,
  firing,
  type KindQuery,
  type MajorVersion,
  notMember,
  options,
  privileges,
  qualified,
  roleName,
} from './kind-query'

/** Text search, foreign data, publications, comments and whatever belongs to the database as a whole. */
export function otherQueries(version: MajorVersion): readonly KindQuery[] {
  return [
    textSearchConfigurations,
    textSearchDictionaries,
    textSearchParsers,
    textSearchTemplates,
    foreignDataWrappers,
    servers,
    userMappings,
    publications(version),
    subscriptions,
    eventTriggers,
    languages,
    transforms,
    accessMethods,
    defaultPrivileges,
    comments,
    securityLabels,
    extensionDependencies,
  ]
}

const procedure = (oid: string) => `nullif(${oid}::text, '-')`

const textSearchConfigurations: KindQuery = {
  kind: "'text search configuration'",
  from: `pg_catalog.pg_ts_config c join namespaces n on n.oid = c.cfgnamespace where ${notMember('pg_ts_config', 'c.oid')}`,
  identity: qualified('n.nspname', 'c.cfgname'),
  address: 'c.oid::text',
  properties: {
    parser: `(select ${qualified('pn.nspname', 'p.prsname')} from pg_catalog.pg_ts_parser p join pg_catalog.pg_namespace pn on pn.oid = p.prsnamespace where p.oid = c.cfgparser)`,
    mappings: `(select pg_catalog.string_agg(t.alias || ' to ' || m.mapdict::pg_catalog.regdictionary, ', ' order by m.maptokentype, m.mapseqno)
      from pg_catalog.pg_ts_config_map m join pg_catalog.ts_token_type(c.cfgparser) t on t.tokid = m.maptokentype where m.mapcfg = c.oid)`,
    owner: roleName('c.cfgowner'),
  },
}

const textSearchDictionaries: KindQuery = {
  kind: "'text search dictionary'",
  from: `pg_catalog.pg_ts_dict d join namespaces n on n.oid = d.dictnamespace join pg_catalog.pg_ts_template t on t.oid = d.dicttemplate
    join pg_catalog.pg_namespace tn on tn.oid = t.tmplnamespace where ${notMember('pg_ts_dict', 'd.oid')}`,
  identity: qualified('n.nspname', 'd.dictname'),
  address: 'd.oid::text',
  properties: {
    template: qualified('tn.nspname', 't.tmplname'),
    options: 'd.dictinitoption',
    owner: roleName('d.dictowner'),
  },
}

const textSearchParsers: KindQuery = {
  kind: "'text search parser'",
  from: `pg_catalog.pg_ts_parser p join namespaces n on n.oid = p.prsnamespace where ${notMember('pg_ts_parser', 'p.oid')}`,
  identity: qualified('n.nspname', 'p.prsname'),
  address: 'p.oid::text',
  properties: {
    functions: "pg_catalog.concat_ws(', ', p.prsstart, p.prstoken, p.prsend, p.prsheadline, p.prslextype)",
  },
}

const textSearchTemplates: KindQuery = {
  kind: "'text search template'",
  from: `pg_catalog.pg_ts_template t join namespaces n on n.oid = t.tmplnamespace where ${notMember('pg_ts_template', 't.oid')}`,
  identity: qualified('n.nspname', 't.tmplname'),
  address: 't.oid::text',
  properties: { functions: "pg_catalog.concat_ws(', ', t.tmplinit, t.tmpllexize)" },
}

const foreignDataWrappers: KindQuery = {
  kind: "'foreign-data wrapper'",
  from: `pg_catalog.pg_foreign_data_wrapper w where ${notMember('pg_foreign_data_wrapper', 'w.oid')}`,
  identity: 'pg_catalog.quote_ident(w.fdwname)',
  address: 'w.oid::text',
  properties: {
    handler: procedure('w.fdwhandler::pg_catalog.regproc'),
    validator: procedure('w.fdwvalidator::pg_catalog.regproc'),
    options: options('w.fdwoptions'),
    owner: roleName('w.fdwowner'),
    privileges: privileges('w.fdwacl', 'F', 'w.fdwowner'),
  },
}

const servers: KindQuery = {
  kind: "'server'",
  from: `pg_catalog.pg_foreign_server s join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw where ${notMember('pg_foreign_server', 's.oid')}`,
  identity: 'pg_catalog.quote_ident(s.srvname)',
  address: 's.oid::text',
  properties: {
    'foreign-data wrapper': 'w.fdwname::text',
    type: 's.srvtype',
    version: 's.srvversion',
    options: options('s.srvoptions'),
    owner: roleName('s.srvowner'),
    privileges: privileges('s.srvacl', 'S', 's.srvowner'),
  },
}

const userMappings: KindQuery = {
  kind: "'user mapping'",
  from: 'pg_catalog.pg_user_mappings u', // the view: the catalog itself is for superusers
  identity: "pg_catalog.quote_ident(u.usename) || ' at ' || pg_catalog.quote_ident(u.srvname)",
  address: 'u.umid::text',
  properties: { options: options('u.umoptions') },
}

const publications = (version: MajorVersion): KindQuery => ({
  kind: "'publication'",
  from: 'pg_catalog.pg_publication p',
  identity: 'pg_catalog.quote_ident(p.pubname)',
  address: 'p.oid::text',
  properties: {
    tables: `case when p.puballtables then 'all tables' else (select pg_catalog.string_agg(pr.prrelid::pg_catalog.regclass::text${
      version >= 15
        ? ` || coalesce(' (' || (select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum)
            from pg_catalog.pg_attribute a where a.attrelid = pr.prrelid and a.attnum = any (pr.prattrs)) || ')', '')
          || coalesce(' where ' || pg_catalog.pg_get_expr(pr.prqual, pr.prrelid), '')`
        : ''
    }, ', ' order by pr.prrelid::pg_catalog.regclass::text) from pg_catalog.pg_publication_rel pr where pr.prpubid = p.oid) end`,
    schemas:
      version >= 15
        ? `(select pg_catalog.string_agg(pg_catalog.quote_ident(n.nspname), ', ' order by n.nspname) from pg_catalog.pg_publication_namespace pn
          join pg_catalog.pg_namespace n on n.oid = pn.pnnspid where pn.pnpubid = p.oid)`
        : undefined,
    publishes: `pg_catalog.concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
      case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end)`,
    'via root': "case when p.pubviaroot then 'via the root of partitions' end",
    'generated columns':
      version >= 18 ? "case when p.pubgencols::text not in ('n', 'f') then 'stored generated columns' end" : undefined,
    owner: roleName('p.pubowner'),
  },
})

const subscriptions: KindQuery = {
  kind: "'subscription'",
  // Only columns that everybody may read; the connection string is not one of them.
  from: `pg_catalog.pg_subscription s where s.subdbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())`,
  identity: 'pg_catalog.quote_ident(s.subname)',
  properties: {
    publications: "pg_catalog.array_to_string(s.subpublications, ', ')",
    slot: 's.subslotname::text',
    state: "case when not s.subenabled then 'disabled' end",
    owner: roleName('s.subowner'),
  },
}

const eventTriggers: KindQuery = {
  kind: "'event trigger'",
  from: `pg_catalog.pg_event_trigger e where ${notMember('pg_event_trigger', 'e.oid')}`,
  identity: 'pg_catalog.quote_ident(e.evtname)',
  address: 'e.oid::text',
  properties: {
    event: 'e.evtevent::text',
    function: 'e.evtfoid::pg_catalog.regprocedure::text',
    tags: "pg_catalog.array_to_string(e.evttags, ', ')",
    state: firing('e.evtenabled'),
    owner: roleName('e.evtowner'),
  },
}

const languages: KindQuery = {
  kind: "'language'",
  from: `pg_catalog.pg_language l where l.oid >= ${FIRST_OWN_OID} and ${notMember('pg_language', 'l.oid')}`,
  identity: 'pg_catalog.quote_ident(l.lanname)',
  address: 'l.oid::text',
  properties: {
    handlers: `pg_catalog.concat_ws(', ', ${['lanplcallfoid', 'laninline', 'lanvalidator'].map((column) => procedure(`l.${column}::pg_catalog.regproc`)).join(', ')})`,
    trust: "case when l.lanpltrusted then 'trusted' end",
    owner: roleName('l.lanowner'),
    privileges: privileges('l.lanacl', 'l', 'l.lanowner'),
  },
}

const transforms: KindQuery = {
  kind: "'transform'",
  from: `pg_catalog.pg_transform t join pg_catalog.pg_language l on l.oid = t.trflang where ${notMember('pg_transform', 't.oid')}`,
  identity: "'for ' || pg_catalog.format_type(t.trftype, null) || ' language ' || pg_catalog.quote_ident(l.lanname)",
  address: 't.oid::text',
  properties: { from: procedure('t.trffromsql'), to: procedure('t.trftosql') },
}

const accessMethods: KindQuery = {
  kind: "'access method'",
  from: `pg_catalog.pg_am m where m.oid >= ${FIRST_OWN_OID} and ${notMember('pg_am', 'm.oid')}`,
  identity: 'pg_catalog.quote_ident(m.amname)',
  address: 'm.oid::text',
  properties: { handler: 'm.amhandler::text', type: "case m.amtype when 'i' then 'index' else 'table' end" },
}

const defaultPrivileges: KindQuery = {
  kind: "'default privileges'",
  from: `pg_catalog.pg_default_acl d left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace where n.oid is null or n.oid in (select oid from namespaces)`,
  identity: `'of ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.defaclrole)) || coalesce(' in ' || pg_catalog.quote_ident(n.nspname), '') || ' on '
    || case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' when 'n' then 'schemas' else 'large objects' end`,
  properties: {
    privileges: `(select pg_catalog.string_agg(item::text, ', ' order by item::text) from pg_catalog.unnest(d.defaclacl) item)`,
  },
}

const SHOWN = `o.schema is null or (o.schema !~ '^pg_' and o.schema not in ('information_schema', 'strata'))`

const comments: KindQuery = {
  kind: "'comment'",
  // PostgreSQL's own objects have thousands; schema public (2200) is one of its own that people comment on.
  from: `pg_catalog.pg_description d cross join lateral pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) o
    where (d.objoid >= ${FIRST_OWN_OID} or (d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass and d.objoid = 2200))
      and (${SHOWN}) and not (o.type = 'schema' and o.name = 'strata')
      and not exists (select from members m where m.classid = d.classoid and m.objid = d.objoid)`,
  identity: "'on ' || o.type || ' ' || o.identity",
  address: "d.classoid::text || '.' || d.objoid || '.' || d.objsubid",
  properties: { text: 'd.description' },
}

const securityLabels: KindQuery = {
  kind: "'security label'",
  from: `pg_catalog.pg_seclabel d cross join lateral pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) o where (${SHOWN})
      and not exists (select from members m where m.classid = d.classoid and m.objid = d.objoid)`,
  identity: "'of ' || d.provider || ' on ' || o.type || ' ' || o.identity",
  properties: { text: 'd.label' },
}

const extensionDependencies: KindQuery = {
  kind: "'dependency'",
  // x = the object goes when the extension goes
  from: `pg_catalog.pg_depend d join pg_catalog.pg_extension e on e.oid = d.refobjid cross join lateral pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) o
    where d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.deptype = 'x' and (${SHOWN})`,
  identity: "o.type || ' ' || o.identity || ' on extension ' || pg_catalog.quote_ident(e.extname)",
  properties: {},
}
