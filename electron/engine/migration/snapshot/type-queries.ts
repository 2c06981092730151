import {
  FIRST_OWN_OID,
  type KindQuery,
  type MajorVersion,
  notMember,
  privileges,
  qualified,
  roleName,
} from './kind-query'

/** Functions, types, operators and what makes types usable. */
export function typeQueries(version: MajorVersion): readonly KindQuery[] {
  return [
    functions,
    types(version),
    operators,
    operatorClasses,
    operatorFamilies,
    casts,
    collations(version),
    conversions,
  ]
}

const procedure = (oid: string) =>
  `case when ${oid} <> 0 then ${oid}::pg_catalog.oid::pg_catalog.regprocedure::text end`

const functions: KindQuery = {
  kind: "case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' when 'w' then 'window function' else 'function' end",
  from: `pg_catalog.pg_proc p join namespaces n on n.oid = p.pronamespace left join pg_catalog.pg_aggregate g on g.aggfnoid = p.oid
    where ${notMember('pg_proc', 'p.oid')}`,
  identity: 'p.oid::pg_catalog.regprocedure::text',
  address: 'p.oid::text',
  properties: {
    // pg_get_functiondef refuses aggregates
    definition: "case when p.prokind <> 'a' then pg_catalog.pg_get_functiondef(p.oid) end",
    returns: "case when p.prokind = 'a' then pg_catalog.pg_get_function_result(p.oid) end",
    arguments: "case when p.prokind = 'a' then pg_catalog.pg_get_function_arguments(p.oid) end",
    parallel: "case when p.prokind = 'a' then p.proparallel::text end",
    'of kind': "nullif(g.aggkind::text || g.aggnumdirectargs::text, 'n0')",
    'state function': procedure('g.aggtransfn'),
    'final function': procedure('g.aggfinalfn'),
    'combine function': procedure('g.aggcombinefn'),
    'serial functions': `nullif(concat_ws(', ', ${procedure('g.aggserialfn')}, ${procedure('g.aggdeserialfn')}), '')`,
    'moving functions': `nullif(concat_ws(', ', ${procedure('g.aggmtransfn')}, ${procedure('g.aggminvtransfn')}, ${procedure('g.aggmfinalfn')}), '')`,
    'state type':
      "case when g.aggtranstype <> 0 then pg_catalog.format_type(g.aggtranstype, null) || ' ' || g.aggtransspace end",
    'moving state type':
      "case when g.aggmtranstype <> 0 then pg_catalog.format_type(g.aggmtranstype, null) || ' ' || g.aggmtransspace end",
    'final modifies':
      'g.aggfinalextra::text || g.aggfinalmodify::text || g.aggmfinalextra::text || g.aggmfinalmodify::text',
    'initial value': 'g.agginitval',
    'moving initial value': 'g.aggminitval',
    'sort operator': 'case when g.aggsortop <> 0 then g.aggsortop::pg_catalog.regoperator::text end',
    owner: roleName('p.proowner'),
    privileges: privileges('p.proacl', 'f', 'p.proowner'),
  },
}

const types = (version: MajorVersion): KindQuery => ({
  kind: `case y.typtype when 'e' then 'enum type' when 'd' then 'domain' when 'c' then 'composite type' when 'r' then 'range type' else 'base type' end`,
  from: `types t join pg_catalog.pg_type y on y.oid = t.oid left join pg_catalog.pg_range g on g.rngtypid = y.oid`,
  identity: 't.fq',
  address: 't.oid::text',
  properties: {
    labels:
      "(select pg_catalog.string_agg(pg_catalog.quote_literal(l.enumlabel), ', ' order by l.enumsortorder) from pg_catalog.pg_enum l where l.enumtypid = y.oid)",
    type: "case when y.typtype = 'd' then pg_catalog.format_type(y.typbasetype, y.typtypmod) end",
    'not null': "case when y.typtype = 'd' and y.typnotnull then 'not null' end",
    default: 'y.typdefault',
    collation: `case when y.typtype = 'd' then (select c.collname::text from pg_catalog.pg_collation c join pg_catalog.pg_type b on b.oid = y.typbasetype
      where c.oid = y.typcollation and y.typcollation <> b.typcollation) end`,
    range: `case when g.rngtypid is not null then pg_catalog.concat_ws(', ', pg_catalog.format_type(g.rngsubtype, null),
      (select c.opcname from pg_catalog.pg_opclass c where c.oid = g.rngsubopc), nullif(g.rngcanonical::text, '-'), nullif(g.rngsubdiff::text, '-'),
      (select c.collname from pg_catalog.pg_collation c where c.oid = g.rngcollation)${version >= 14 ? ', pg_catalog.format_type(g.rngmultitypid, null)' : ''}) end`,
    functions: `case when y.typtype = 'b' then pg_catalog.concat_ws(', ', y.typinput, y.typoutput, y.typreceive, y.typsend, y.typmodin, y.typmodout,
      y.typanalyze${version >= 14 ? ', y.typsubscript' : ''}) end`,
    layout: `case when y.typtype = 'b' then pg_catalog.concat_ws(' ', y.typlen, y.typbyval, y.typalign, y.typstorage, y.typcategory, y.typispreferred, y.typdelim) end`,
    shell: "case when not y.typisdefined then 'shell' end",
    owner: roleName('y.typowner'),
    privileges: privileges('y.typacl', 'T', 'y.typowner'),
  },
})

const operators: KindQuery = {
  kind: "'operator'",
  from: `pg_catalog.pg_operator o join namespaces n on n.oid = o.oprnamespace where ${notMember('pg_operator', 'o.oid')}`,
  identity: 'o.oid::pg_catalog.regoperator::text',
  address: 'o.oid::text',
  properties: {
    function: procedure('o.oprcode'),
    commutator: 'case when o.oprcom <> 0 then o.oprcom::pg_catalog.regoperator::text end',
    negator: 'case when o.oprnegate <> 0 then o.oprnegate::pg_catalog.regoperator::text end',
    restrict: procedure('o.oprrest'),
    join: procedure('o.oprjoin'),
    merges: "case when o.oprcanmerge then 'merges' end",
    hashes: "case when o.oprcanhash then 'hashes' end",
    owner: roleName('o.oprowner'),
  },
}

const operatorClasses: KindQuery = {
  kind: "'operator class'",
  from: `pg_catalog.pg_opclass c join namespaces n on n.oid = c.opcnamespace join pg_catalog.pg_am m on m.oid = c.opcmethod
    join pg_catalog.pg_opfamily f on f.oid = c.opcfamily join pg_catalog.pg_namespace fn on fn.oid = f.opfnamespace where ${notMember('pg_opclass', 'c.oid')}`,
  identity: `${qualified('n.nspname', 'c.opcname')} || ' using ' || m.amname`,
  address: 'c.oid::text',
  properties: {
    family: qualified('fn.nspname', 'f.opfname'),
    type: 'pg_catalog.format_type(c.opcintype, null)',
    default: "case when c.opcdefault then 'of its type' end",
    storage: 'case when c.opckeytype <> 0 then pg_catalog.format_type(c.opckeytype, null) end',
    owner: roleName('c.opcowner'),
  },
}

const operatorFamilies: KindQuery = {
  kind: "'operator family'",
  from: `pg_catalog.pg_opfamily f join namespaces n on n.oid = f.opfnamespace join pg_catalog.pg_am m on m.oid = f.opfmethod where ${notMember('pg_opfamily', 'f.oid')}`,
  identity: `${qualified('n.nspname', 'f.opfname')} || ' using ' || m.amname`,
  address: 'f.oid::text',
  properties: {
    operators: `(select pg_catalog.string_agg(o.amopstrategy || ' ' || o.amopopr::pg_catalog.regoperator || o.amoppurpose::text, ', '
        order by o.amopstrategy, o.amopopr::pg_catalog.regoperator::text) from pg_catalog.pg_amop o where o.amopfamily = f.oid)`,
    functions: `(select pg_catalog.string_agg(p.amprocnum || ' ' || p.amproc::pg_catalog.oid::pg_catalog.regprocedure, ', '
        order by p.amprocnum, p.amproc::pg_catalog.oid::pg_catalog.regprocedure::text) from pg_catalog.pg_amproc p where p.amprocfamily = f.oid)`,
    owner: roleName('f.opfowner'),
  },
}

const casts: KindQuery = {
  kind: "'cast'",
  from: `pg_catalog.pg_cast c where c.oid >= ${FIRST_OWN_OID} and ${notMember('pg_cast', 'c.oid')}`,
  identity: "pg_catalog.format_type(c.castsource, null) || ' as ' || pg_catalog.format_type(c.casttarget, null)",
  address: 'c.oid::text',
  properties: {
    function: procedure('c.castfunc'),
    method: "case c.castmethod when 'i' then 'with inout' when 'b' then 'without function' end",
    context: "case c.castcontext when 'i' then 'as implicit' when 'a' then 'as assignment' end",
  },
}

const collations = (version: MajorVersion): KindQuery => ({
  kind: "'collation'",
  from: `pg_catalog.pg_collation c join namespaces n on n.oid = c.collnamespace where ${notMember('pg_collation', 'c.oid')}`,
  identity: qualified('n.nspname', 'c.collname'),
  address: 'c.oid::text',
  properties: {
    provider: "case c.collprovider when 'c' then 'libc' when 'i' then 'icu' when 'b' then 'builtin' else 'default' end",
    locale: `pg_catalog.concat_ws(', ', c.collcollate, c.collctype${version >= 17 ? ', c.colllocale' : version >= 15 ? ', c.colliculocale' : ''})`,
    rules: version >= 16 ? 'c.collicurules' : undefined,
    determinism: "case when not c.collisdeterministic then 'not deterministic' end",
    owner: roleName('c.collowner'),
  },
})

const conversions: KindQuery = {
  kind: "'conversion'",
  from: `pg_catalog.pg_conversion c join namespaces n on n.oid = c.connamespace where ${notMember('pg_conversion', 'c.oid')}`,
  identity: qualified('n.nspname', 'c.conname'),
  address: 'c.oid::text',
  properties: {
    encodings:
      "pg_catalog.pg_encoding_to_char(c.conforencoding) || ' to ' || pg_catalog.pg_encoding_to_char(c.contoencoding)",
    function: procedure('c.conproc'),
    default: "case when c.condefault then 'of its encodings' end",
    owner: roleName('c.conowner'),
  },
}
