import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogFingerprint, readCatalog } from '../../../electron/engine/catalog/read-catalog'
import type { Session } from '../../../electron/engine/session/session'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { openCatalogSession } from './open-catalog-session'

let database: TestDatabase
let session: Session

beforeAll(async () => {
  database = await createDatabase()
  await database.query(`
    CREATE SCHEMA shop;
    CREATE TYPE shop.mood AS ENUM ('sad', 'happy');
    CREATE TABLE shop.customer (id int PRIMARY KEY, name varchar(20), mood shop.mood, note text DEFAULT 'x');
    CREATE TABLE shop.orders (id int PRIMARY KEY, customer_id int, total numeric);
    CREATE TABLE shop.parted (id int) PARTITION BY RANGE (id);
    CREATE TABLE shop.part (id int);
    CREATE VIEW shop.names AS SELECT name FROM shop.customer;
    CREATE MATERIALIZED VIEW shop.sums AS SELECT sum(total) FROM shop.orders;
    CREATE SEQUENCE shop.numbers;
    CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
    CREATE DOMAIN shop.positive AS int;
    INSERT INTO shop.customer SELECT n, 'name ' || n FROM generate_series(1, 500) n;`)
  session = await openCatalogSession(database)
})
afterAll(async () => {
  await session.end()
  await database.drop()
})

/** In this order: each stands on what those before it left. */
const CHANGES = [
  'CREATE SCHEMA s2',
  'ALTER SCHEMA s2 RENAME TO s3',
  'CREATE TABLE s3.t (id int)',
  'ALTER TABLE s3.t RENAME TO u',
  'ALTER TABLE s3.u SET SCHEMA shop',
  'DROP TABLE shop.u',
  'DROP SCHEMA s3',
  'ALTER TABLE shop.customer ADD COLUMN extra int',
  'ALTER TABLE shop.customer RENAME COLUMN extra TO other',
  'ALTER TABLE shop.customer ALTER COLUMN other SET STATISTICS 10',
  'ALTER TABLE shop.customer DROP COLUMN other',
  'CREATE OR REPLACE VIEW shop.names AS SELECT name, id FROM shop.customer',
  'CREATE OR REPLACE VIEW shop.names AS SELECT name, id FROM shop.customer WHERE id > 1',
  'DROP VIEW shop.names',
  'ALTER TABLE shop.customer ALTER COLUMN name TYPE varchar(30)',
  'ALTER TABLE shop.customer ALTER COLUMN name SET NOT NULL',
  `ALTER TABLE shop.customer ALTER COLUMN note SET DEFAULT 'y'`,
  'ALTER TABLE shop.customer ALTER COLUMN note DROP DEFAULT',
  `COMMENT ON TABLE shop.customer IS 'people'`,
  `COMMENT ON TABLE shop.customer IS 'clients'`,
  'COMMENT ON TABLE shop.customer IS NULL',
  `COMMENT ON COLUMN shop.customer.id IS 'number'`,
  'GRANT SELECT ON shop.customer TO app',
  'REVOKE SELECT ON shop.customer FROM app',
  'GRANT SELECT (name) ON shop.customer TO app',
  'GRANT USAGE ON SCHEMA shop TO app',
  'GRANT USAGE ON SCHEMA public TO app',
  'ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO app',
  'ALTER TABLE shop.orders OWNER TO app',
  'ALTER TABLE shop.orders ADD CONSTRAINT buyer FOREIGN KEY (customer_id) REFERENCES shop.customer NOT VALID',
  'ALTER TABLE shop.orders VALIDATE CONSTRAINT buyer',
  'ALTER TABLE shop.orders RENAME CONSTRAINT buyer TO customer',
  'ALTER TABLE shop.orders ADD CHECK (total > 0)',
  'ALTER TABLE shop.orders DROP CONSTRAINT orders_total_check',
  'CREATE INDEX by_total ON shop.orders (total)',
  'CREATE INDEX CONCURRENTLY by_customer ON shop.orders (customer_id)',
  'ALTER INDEX shop.by_total RENAME TO by_sum',
  'DROP INDEX shop.by_sum',
  'ALTER TABLE shop.parted ATTACH PARTITION shop.part FOR VALUES FROM (0) TO (10)',
  'ALTER TABLE shop.parted DETACH PARTITION shop.part',
  'DROP TABLE shop.parted',
  'DROP MATERIALIZED VIEW shop.sums',
  'ALTER SEQUENCE shop.numbers INCREMENT 5',
  'CREATE FUNCTION shop.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
  'CREATE OR REPLACE FUNCTION shop.f() RETURNS int LANGUAGE sql AS $$ SELECT 2 $$',
  'DROP FUNCTION shop.f()',
  'CREATE TRIGGER touched BEFORE UPDATE ON shop.customer FOR EACH ROW EXECUTE FUNCTION shop.touch()',
  'ALTER TABLE shop.customer DISABLE TRIGGER touched',
  'DROP TRIGGER touched ON shop.customer',
  `ALTER TYPE shop.mood ADD VALUE 'calm'`,
  `ALTER TYPE shop.mood RENAME VALUE 'calm' TO 'still'`,
  'ALTER DOMAIN shop.positive ADD CHECK (VALUE > 0)',
  'CREATE TYPE shop.pair AS (a int, b int)',
  'ALTER TYPE shop.pair ADD ATTRIBUTE c int',
  'CREATE TYPE shop.span AS RANGE (SUBTYPE = float8)',
  'CREATE POLICY own ON shop.customer USING (true)',
  'ALTER TABLE shop.customer ENABLE ROW LEVEL SECURITY',
  'CREATE RULE quiet AS ON DELETE TO shop.orders DO INSTEAD NOTHING',
  'CREATE STATISTICS shop.linked ON id, name FROM shop.customer',
  'CREATE EXTENSION hstore',
  'DROP EXTENSION hstore',
  'ALTER TABLE shop.customer SET (fillfactor = 80)',
  'ALTER TABLE shop.orders SET UNLOGGED',
  'SELECT 1 AS one INTO shop.made',
]

const QUIET = [
  `INSERT INTO shop.customer (id, name) VALUES (1001, 'new')`,
  `UPDATE shop.customer SET name = name || '!'`,
  'DELETE FROM shop.customer WHERE id > 400',
  `SELECT nextval('shop.numbers'), setval('shop.numbers', 90)`,
  'SELECT * FROM shop.customer FOR UPDATE',
  'ANALYZE',
  'VACUUM',
  'VACUUM (FREEZE, ANALYZE)',
  'SELECT pg_current_xact_id()',
  'CREATE TEMP TABLE passing (id serial PRIMARY KEY, long text CHECK (long > $$$$), at date DEFAULT now())',
  'CREATE TEMP VIEW glance AS SELECT 1 AS one',
  'CREATE TEMP SEQUENCE steps',
  'CREATE TEMP TABLE folded AS SELECT * FROM shop.customer',
  `SELECT pg_notify('channel', 'text')`,
]

describe('catalog fingerprint', () => {
  it.each(CHANGES)('changes after %s', async (statement) => {
    const before = await catalogFingerprint(session)

    await database.query(statement)

    expect(await catalogFingerprint(session)).not.toBe(before)
  })

  it.each(QUIET)('stays the same after %s', async (statement) => {
    const before = await catalogFingerprint(session)

    await database.query(statement)

    expect(await catalogFingerprint(session)).toBe(before)
  })

  it('stays the same while another session holds temporary relations', async () => {
    const before = await catalogFingerprint(session)
    const other = new pg.Client({
      host: database.target.host,
      port: database.target.port,
      database: database.name,
      user: database.target.role,
      password: database.password,
    })
    await other.connect()
    await other.query(`
      CREATE TEMP TABLE held (id serial PRIMARY KEY, kind text UNIQUE, at date DEFAULT now());
      CREATE TEMP TABLE child (held_id int REFERENCES held) ;
      CREATE TEMP TABLE parted (id int) PARTITION BY RANGE (id);
      CREATE TEMP TABLE part PARTITION OF parted DEFAULT;
      CREATE INDEX ON held (at); COMMENT ON TABLE held IS 'mine'; CREATE TYPE pg_temp.pair AS (a int);
      CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`)

    const meanwhile = await catalogFingerprint(session)

    await other.end()
    expect(meanwhile).toBe(before)
  })

  it('stays the same after DDL that was rolled back or not committed yet', async () => {
    const before = await catalogFingerprint(session)

    await database.query('BEGIN; CREATE TABLE shop.passing (id int); ROLLBACK')

    expect(await catalogFingerprint(session)).toBe(before)
  })

  it('sees DDL that was open at one reading and committed at the next', async () => {
    const writer = await openCatalogSession(database)
    await writer.query('BEGIN')
    await writer.query('CREATE TABLE shop.late (id int)')
    const meanwhile = await catalogFingerprint(session)

    await writer.query('COMMIT')

    await writer.end()
    expect(await catalogFingerprint(session)).not.toBe(meanwhile)
  })

  it('is the one that the catalog carries, in every session', async () => {
    const other = await openCatalogSession(database)

    const read = await readCatalog(other)

    await other.end()
    expect(read.fingerprint).toBe(await catalogFingerprint(session))
  })
})
