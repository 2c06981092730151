/*
 * The catalog questions once more, for servers that speak PostgreSQL's protocol and lack some of its catalogs: only columns that every
 * PostgreSQL since 8.0 has, no function where it can be done without, each row as the full question has it. Whatever has no equal is NULL.
 * Operators are not qualified, which some of those servers cannot read: the session's search_path is empty.
 */

const isUserSchema = (oid: string) => `${oid} IN (
  SELECT n.oid FROM pg_catalog.pg_namespace n
  WHERE n.nspname NOT LIKE 'pg!_%' ESCAPE '!' AND n.nspname NOT IN ('information_schema', 'crdb_internal'))`

/** [oid, name]. */
export const PLAIN_SCHEMAS = `
SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n WHERE ${isUserSchema('n.oid')} ORDER BY n.nspname`

/** [schema oid, oid, name, relkind]: without estimates, comments and partitions. */
export const PLAIN_RELATIONS = `
SELECT c.relnamespace, c.oid, c.relname, c.relkind FROM pg_catalog.pg_class c
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND ${isUserSchema('c.relnamespace')} ORDER BY c.relname`

/** [schema oid, oid, name, kind unknown, arguments unknown]. */
export const PLAIN_ROUTINES = `
SELECT p.pronamespace, p.oid, p.proname, NULL, '…' FROM pg_catalog.pg_proc p
WHERE ${isUserSchema('p.pronamespace')} ORDER BY p.proname`

/** [schema oid, oid, name, typtype]: enums, domains and ranges, without what they are made of. */
export const PLAIN_TYPES = `
SELECT t.typnamespace, t.oid, t.typname, t.typtype FROM pg_catalog.pg_type t
WHERE t.typtype IN ('e', 'd', 'r') AND ${isUserSchema('t.typnamespace')} ORDER BY t.typname`

/** [relkind] of the relation $1. */
export const PLAIN_RELATION = 'SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid = $1::oid'

/** [name, type, not null] of the columns of the relation $1. */
export const PLAIN_COLUMNS = `
SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull FROM pg_catalog.pg_attribute a
WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`

/** [name, definition, unique, primary, valid] of the indexes of the relation $1. */
export const PLAIN_INDEXES = `
SELECT c.relname, pg_catalog.pg_get_indexdef(i.indexrelid), i.indisunique, i.indisprimary, true
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = $1::oid ORDER BY c.relname`

/** [name, contype, definition, validated] of the constraints of the relation $1. */
export const PLAIN_CONSTRAINTS = `
SELECT k.conname, k.contype, pg_catalog.pg_get_constraintdef(k.oid), true FROM pg_catalog.pg_constraint k
WHERE k.conrelid = $1::oid ORDER BY k.conname`
