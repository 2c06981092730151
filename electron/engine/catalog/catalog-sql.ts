import { EQ, GT, JOIN, LT, NE } from './operators'

/*
 * Catalog questions. The database may belong to a stranger and hold operators and functions made to be picked instead of
 * PostgreSQL's own (CVE-2018-1058), so every function, type, relation and operator names its schema. What looks up an operator by
 * name behind the back (IN, BETWEEN, LIKE, IS DISTINCT FROM, CASE x WHEN, JOIN USING) is not used.
 */

const CLASS = `'pg_catalog.pg_class'::pg_catalog.regclass`
const PROC = `'pg_catalog.pg_proc'::pg_catalog.regclass`
const TYPE = `'pg_catalog.pg_type'::pg_catalog.regclass`

/** Names that begin with `pg_` are reserved for the server, temporary schemas among them. */
const isUserSchema = `NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_'::pg_catalog.text)
  AND n.nspname ${NE} 'information_schema'::pg_catalog.name`

/**
 * Objects of a catalog that belong to an extension (deptype 'e') and not to the user. As a list the server hashes: asked per row, the planner
 * has been seen to read all of them for each.
 */
const extensionMembers = (catalog: string): string => `SELECT m.objid FROM pg_catalog.pg_depend m
    WHERE m.refclassid ${EQ} 'pg_catalog.pg_extension'::pg_catalog.regclass
      AND m.classid ${EQ} ${catalog} AND m.deptype ${EQ} 'e'::pg_catalog."char"`

/** [database]. */
export const DATABASE = 'SELECT pg_catalog.current_database()'

/** [oid, name] of the users' schemas, sorted by name. */
export const SCHEMAS = `
SELECT n.oid, n.nspname
FROM pg_catalog.pg_namespace n
WHERE ${isUserSchema}
ORDER BY n.nspname`

/** [schema oid, oid, name, relkind, rows or NULL, parent oid or NULL, comment or NULL], sorted by name. */
export const RELATIONS = `
SELECT c.relnamespace, c.oid, c.relname, c.relkind,
  CASE
    WHEN c.relkind ${EQ} 'v'::pg_catalog."char" OR c.relkind ${EQ} 'S'::pg_catalog."char" THEN NULL -- views and sequences hold no estimate
    WHEN c.reltuples ${LT} 0::pg_catalog.float4 THEN NULL -- never analysed, from PostgreSQL 14 on
    WHEN c.reltuples ${EQ} 0::pg_catalog.float4 AND c.relpages ${EQ} 0 -- never analysed, before
      AND pg_catalog.current_setting('server_version_num')::pg_catalog.int4 ${LT} 140000 THEN NULL
    ELSE c.reltuples
  END,
  i.inhparent, d.description
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid ${EQ} c.relnamespace
LEFT JOIN pg_catalog.pg_inherits i ON c.relispartition AND i.inhrelid ${EQ} c.oid
LEFT JOIN pg_catalog.pg_description d ON d.classoid ${EQ} ${CLASS} AND d.objoid ${EQ} c.oid AND d.objsubid ${EQ} 0 -- 0: the relation itself
WHERE ${isUserSchema}
  AND c.relkind ${EQ} ANY (ARRAY[
    'r', -- table
    'p', -- partitioned table
    'v', -- view
    'm', -- materialized view
    'S', -- sequence
    'f'  -- foreign table
  ]::pg_catalog."char"[])
  AND NOT c.oid ${EQ} ANY (${extensionMembers(CLASS)})
ORDER BY c.relname`

/** [schema oid, oid, name, prokind, identity arguments, result or NULL], sorted by name, then arguments. */
export const ROUTINES = `
SELECT p.pronamespace, p.oid, p.proname, p.prokind,
  pg_catalog.pg_get_function_identity_arguments(p.oid) AS arguments,
  pg_catalog.pg_get_function_result(p.oid)
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid ${EQ} p.pronamespace
WHERE ${isUserSchema}
  AND NOT p.oid ${EQ} ANY (${extensionMembers(PROC)})
  AND NOT p.oid ${EQ} ANY (
    SELECT m.objid FROM pg_catalog.pg_depend m
    WHERE m.refclassid ${EQ} ${TYPE} AND m.classid ${EQ} ${PROC}
      AND m.deptype ${EQ} 'i'::pg_catalog."char") -- constructors that CREATE TYPE ... AS RANGE made
ORDER BY p.proname, arguments`

/** [schema oid, oid, name, typtype, definition], sorted by name. */
export const TYPES = `
SELECT t.typnamespace, t.oid, t.typname, t.typtype,
  CASE
    WHEN t.typtype ${EQ} 'e'::pg_catalog."char" THEN ( -- labels of an enum
      SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel::pg_catalog.text), ', '::pg_catalog.text ORDER BY e.enumsortorder)
      FROM pg_catalog.pg_enum e WHERE e.enumtypid ${EQ} t.oid)
    WHEN t.typtype ${EQ} 'd'::pg_catalog."char" THEN -- base type of a domain and what it adds
      pg_catalog.concat_ws(' '::pg_catalog.text,
        pg_catalog.format_type(t.typbasetype, t.typtypmod),
        'DEFAULT '::pg_catalog.text ${JOIN} t.typdefault,
        CASE WHEN t.typnotnull THEN 'NOT NULL'::pg_catalog.text END,
        (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ' '::pg_catalog.text ORDER BY k.conname)
         FROM pg_catalog.pg_constraint k
         WHERE k.contypid ${EQ} t.oid AND k.contype ${EQ} 'c'::pg_catalog."char")) -- check
    WHEN t.typtype ${EQ} 'c'::pg_catalog."char" THEN ( -- attributes of a composite type
      SELECT pg_catalog.string_agg(
        pg_catalog.concat(pg_catalog.quote_ident(a.attname::pg_catalog.text), ' '::pg_catalog.text, pg_catalog.format_type(a.atttypid, a.atttypmod)),
        ', '::pg_catalog.text ORDER BY a.attnum)
      FROM pg_catalog.pg_attribute a
      WHERE a.attrelid ${EQ} t.typrelid AND a.attnum ${GT} 0::pg_catalog.int2 AND NOT a.attisdropped)
    WHEN t.typtype ${EQ} 'r'::pg_catalog."char" THEN ( -- subtype of a range
      SELECT pg_catalog.format_type(r.rngsubtype, NULL::pg_catalog.int4) FROM pg_catalog.pg_range r WHERE r.rngtypid ${EQ} t.oid)
  END
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid ${EQ} t.typnamespace
LEFT JOIN pg_catalog.pg_class c ON c.oid ${EQ} t.typrelid
WHERE ${isUserSchema}
  AND t.typtype ${EQ} ANY (ARRAY[
    'e', -- enum
    'd', -- domain
    'c', -- composite type
    'r', -- range; its multirange ('m') comes and goes with it
    'b'  -- base type
  ]::pg_catalog."char"[])
  AND (c.oid IS NULL OR c.relkind ${EQ} 'c'::pg_catalog."char") -- the row types of tables and views are not types of their own
  AND NOT t.oid ${EQ} ANY (SELECT a.typarray FROM pg_catalog.pg_type a) -- array types come with their element
  AND NOT t.oid ${EQ} ANY (${extensionMembers(TYPE)})
ORDER BY t.typname`

/** [relkind] of the relation $1; no row when it is gone. */
export const RELATION = `
SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid ${EQ} $1::pg_catalog.oid`

/** A constraint of a partitioned table's partitions that the server keeps for itself beside the one the user wrote. */
const isOwnConstraint = `NOT EXISTS (
    SELECT FROM pg_catalog.pg_constraint o WHERE o.oid ${EQ} k.conparentid AND o.conrelid ${EQ} k.conrelid)`

/**
 * Columns of the relation $1 in their order:
 * [name, type, not null, default or NULL, attidentity, generated, primary key, unique, references or NULL, comment or NULL].
 */
export const COLUMNS = `
SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
  pg_catalog.pg_get_expr(f.adbin, f.adrelid), a.attidentity, a.attgenerated ${NE} ''::pg_catalog."char", -- 's' stored, 'v' virtual
  EXISTS (
    SELECT FROM pg_catalog.pg_index i
    WHERE i.indrelid ${EQ} a.attrelid AND i.indisprimary AND a.attnum ${EQ} ANY (i.indkey::pg_catalog.int2[])),
  EXISTS (
    SELECT FROM pg_catalog.pg_index i
    WHERE i.indrelid ${EQ} a.attrelid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
      AND i.indnkeyatts ${EQ} 1::pg_catalog.int2 AND i.indkey[0] ${EQ} a.attnum), -- 0 stands for an expression
  (SELECT pg_catalog.string_agg(
      pg_catalog.concat(
        CASE WHEN r.relnamespace ${NE} c.relnamespace
          THEN pg_catalog.concat(pg_catalog.quote_ident(n.nspname::pg_catalog.text), '.'::pg_catalog.text) END,
        pg_catalog.quote_ident(r.relname::pg_catalog.text), '.'::pg_catalog.text, pg_catalog.quote_ident(b.attname::pg_catalog.text)),
      ', '::pg_catalog.text ORDER BY k.conname)
   FROM pg_catalog.pg_constraint k
   JOIN pg_catalog.pg_class r ON r.oid ${EQ} k.confrelid
   JOIN pg_catalog.pg_namespace n ON n.oid ${EQ} r.relnamespace
   CROSS JOIN ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) AS pair(own, target)
   JOIN pg_catalog.pg_attribute b ON b.attrelid ${EQ} k.confrelid AND b.attnum ${EQ} pair.target
   WHERE k.conrelid ${EQ} a.attrelid AND k.contype ${EQ} 'f'::pg_catalog."char" -- foreign key
     AND pair.own ${EQ} a.attnum AND ${isOwnConstraint}),
  d.description
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid ${EQ} a.attrelid
LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid ${EQ} a.attrelid AND f.adnum ${EQ} a.attnum
LEFT JOIN pg_catalog.pg_description d ON d.classoid ${EQ} ${CLASS} AND d.objoid ${EQ} a.attrelid AND d.objsubid ${EQ} a.attnum
WHERE a.attrelid ${EQ} $1::pg_catalog.oid AND a.attnum ${GT} 0::pg_catalog.int2 AND NOT a.attisdropped -- below 0: system columns
ORDER BY a.attnum`

/** Indexes of the relation $1, the primary key's first: [name, definition, unique, primary, valid]. */
export const INDEXES = `
SELECT c.relname, pg_catalog.pg_get_indexdef(i.indexrelid), i.indisunique, i.indisprimary, i.indisvalid
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid ${EQ} i.indexrelid
WHERE i.indrelid ${EQ} $1::pg_catalog.oid
ORDER BY i.indisprimary DESC, c.relname`

/** Constraints of the relation $1: [name, contype, definition, validated]. */
export const CONSTRAINTS = `
SELECT k.conname, k.contype, pg_catalog.pg_get_constraintdef(k.oid), k.convalidated
FROM pg_catalog.pg_constraint k
WHERE k.conrelid ${EQ} $1::pg_catalog.oid AND ${isOwnConstraint}
ORDER BY pg_catalog.strpos('pufxcnt'::pg_catalog.text, k.contype::pg_catalog.text), k.conname`

/** [name] of each type, in the order of the arrays $1 (oids) and $2 (type modifiers). */
export const TYPE_NAMES = `
SELECT pg_catalog.format_type(t.oid, t.typmod)
FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.int4[])) WITH ORDINALITY AS t(oid, typmod, place)
ORDER BY t.place`
