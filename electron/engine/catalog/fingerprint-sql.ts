import { EQ, MINUS, NE, TIMES } from './operators'

/** The catalogs that DDL writes to, with the column that says to which relation, or else which schema, a row belongs. */
const WATCHED: readonly { readonly catalog: string; readonly relation?: string; readonly schema?: string }[] = [
  { catalog: 'pg_aggregate' },
  { catalog: 'pg_attrdef', relation: 'adrelid' },
  { catalog: 'pg_attribute', relation: 'attrelid' },
  { catalog: 'pg_cast' },
  { catalog: 'pg_class', relation: 'oid' },
  { catalog: 'pg_collation', schema: 'collnamespace' },
  { catalog: 'pg_constraint', schema: 'connamespace' },
  { catalog: 'pg_conversion', schema: 'connamespace' },
  { catalog: 'pg_default_acl' },
  { catalog: 'pg_description', relation: 'objoid' },
  { catalog: 'pg_enum' },
  { catalog: 'pg_event_trigger' },
  { catalog: 'pg_extension' },
  { catalog: 'pg_foreign_data_wrapper' },
  { catalog: 'pg_foreign_server' },
  { catalog: 'pg_foreign_table', relation: 'ftrelid' },
  { catalog: 'pg_index', relation: 'indrelid' },
  { catalog: 'pg_inherits', relation: 'inhrelid' },
  { catalog: 'pg_language' },
  { catalog: 'pg_namespace', schema: 'oid' },
  { catalog: 'pg_opclass', schema: 'opcnamespace' },
  { catalog: 'pg_operator', schema: 'oprnamespace' },
  { catalog: 'pg_opfamily', schema: 'opfnamespace' },
  { catalog: 'pg_partitioned_table', relation: 'partrelid' },
  { catalog: 'pg_policy', relation: 'polrelid' },
  { catalog: 'pg_proc', schema: 'pronamespace' },
  { catalog: 'pg_publication' },
  { catalog: 'pg_publication_rel' },
  { catalog: 'pg_range' },
  { catalog: 'pg_rewrite', relation: 'ev_class' },
  { catalog: 'pg_seclabel', relation: 'objoid' },
  { catalog: 'pg_sequence', relation: 'seqrelid' },
  { catalog: 'pg_statistic_ext', schema: 'stxnamespace' },
  { catalog: 'pg_trigger', relation: 'tgrelid' },
  { catalog: 'pg_ts_config', schema: 'cfgnamespace' },
  { catalog: 'pg_ts_dict', schema: 'dictnamespace' },
  { catalog: 'pg_type', schema: 'typnamespace' },
]

/** Rows that a temporary relation brings are left out: a statement that merely sorts into one would look like DDL. */
function isLasting(relation: string | undefined, schema: string | undefined): string {
  if (relation !== undefined) return `NOT t.${relation} ${EQ} ANY (SELECT r.oid FROM temporary_relation r)`
  if (schema !== undefined) return `NOT t.${schema} ${EQ} ANY (SELECT s.oid FROM temporary_schema s)`
  return 'true'
}

/**
 * [snapshot]: the same text twice means that no transaction was committed in between. NULL on a standby, whose snapshots do not list
 * the transactions in progress.
 */
export const SNAPSHOT = `
SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_current_snapshot()::pg_catalog.text END`

/**
 * [catalog, rows, sum of the rows' xmin] of each catalog that DDL writes to.
 *
 * Every row that DDL writes carries the id of its transaction, which is newer than those before: with as many rows as
 * before, the sum has grown; with fewer or more, the count tells. Server statistics are updated in place and keep `xmin`.
 * `age` is the one cheap way from xid to a number; the age of transaction 3, the first normal one, makes it independent of now.
 * Rows from initdb (xmin 1 and 2, whose age is always 2147483647) do not count: what changes them gives them a normal xmin.
 */
export const FINGERPRINT = `
WITH temporary_schema AS MATERIALIZED (
  SELECT n.oid FROM pg_catalog.pg_namespace n
  WHERE pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_temp_'::pg_catalog.text)
    OR pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_toast_temp_'::pg_catalog.text)
), temporary_relation AS MATERIALIZED (
  SELECT c.oid FROM pg_catalog.pg_class c WHERE c.relnamespace ${EQ} ANY (SELECT s.oid FROM temporary_schema s)
)${WATCHED.map(
  ({ catalog, relation, schema }) => `
SELECT '${catalog}'::pg_catalog.text, pg_catalog.count(*),
  pg_catalog.count(*) ${TIMES} pg_catalog.age('3'::pg_catalog.xid)::pg_catalog.int8
    ${MINUS} pg_catalog.sum(pg_catalog.age(t.xmin))
FROM pg_catalog.${catalog} t
WHERE pg_catalog.age(t.xmin) ${NE} 2147483647 AND ${isLasting(relation, schema)}`,
).join('\nUNION ALL')}`
