/**
 * Every function and operator the catalog questions use by name or may use behind the back, once more in a schema that comes before pg_catalog.
 * Each trap writes to a sequence, which no rollback takes back.
 */
export const TRAPS = `
CREATE SCHEMA trap;
CREATE SEQUENCE trap.canary;
DO $do$
DECLARE
  routine record;
  operator record;
  number int := 0;
BEGIN
  FOR routine IN
    SELECT p.proname, p.prorettype::regtype AS result, pg_get_function_identity_arguments(p.oid) AS arguments, p.proretset
    FROM pg_proc p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND p.provariadic = 0
      AND NOT 'internal'::regtype = ANY (p.proargtypes::oid[]) AND NOT 'cstring'::regtype = ANY (p.proargtypes::oid[])
      AND p.prorettype::regtype::text NOT LIKE 'any%' AND p.prorettype NOT IN ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype, 'record'::regtype)
      AND p.proname IN ('starts_with', 'format_type', 'pg_get_expr', 'quote_ident', 'quote_literal', 'strpos', 'age', 'current_setting',
        'set_config', 'current_database', 'pg_get_function_identity_arguments', 'pg_get_function_result', 'pg_get_constraintdef',
        'pg_get_indexdef', 'pg_is_in_recovery', 'pg_current_snapshot', 'text', 'name', 'int4', 'int8', 'oid', 'char', 'regclass')
  LOOP
    EXECUTE format('CREATE FUNCTION trap.%I(%s) RETURNS %s%s LANGUAGE plpgsql AS %L', routine.proname, routine.arguments,
      CASE WHEN routine.proretset THEN 'SETOF ' END, routine.result, 'BEGIN PERFORM nextval(''trap.canary''); RETURN NULL; END');
  END LOOP;
  FOR operator IN
    SELECT o.oprname, o.oprleft::regtype AS l, o.oprright::regtype AS r, o.oprresult::regtype AS result
    FROM pg_operator o
    WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprkind = 'b' AND o.oprname IN ('=', '<>', '<', '>', '>=', '<=', '~~', '||', '*', '-', '+')
      AND o.oprleft IN ('oid'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'name'::regtype, 'text'::regtype, '"char"'::regtype, 'float4'::regtype, 'bool'::regtype, 'xid'::regtype, 'regclass'::regtype)
      AND o.oprright IN ('oid'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'name'::regtype, 'text'::regtype, '"char"'::regtype, 'float4'::regtype, 'bool'::regtype, 'xid'::regtype, 'regclass'::regtype)
  LOOP
    number := number + 1;
    EXECUTE format('CREATE FUNCTION trap.o%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS %L', number, operator.l, operator.r, operator.result,
      'BEGIN PERFORM nextval(''trap.canary''); RETURN NULL; END');
    EXECUTE format('CREATE OPERATOR trap.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = trap.o%s)', operator.oprname, operator.l, operator.r, number);
  END LOOP;
END $do$;
CREATE TABLE trap.pg_class (oid oid, relname name);
CREATE TABLE trap.pg_namespace (oid oid, nspname name);
CREATE DOMAIN trap.oid AS int; CREATE DOMAIN trap.text AS int; CREATE DOMAIN trap.name AS int; CREATE DOMAIN trap.regclass AS int;`
