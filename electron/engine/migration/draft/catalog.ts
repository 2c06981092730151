import type { Session } from '../../session/session'

/** One row of a catalog question. */
export type Row = readonly (string | null)[]

/** Questions to the catalogs on the session in which the statements run. */
export class Catalog {
  readonly session: Session
  /** Major version of the server. */
  readonly version: number

  constructor(session: Session) {
    this.session = session
    this.version = Number.parseInt(session.facts.serverVersion, 10)
  }

  async rows(sql: string, values: readonly (string | null)[] = []): Promise<readonly Row[]> {
    return (await this.session.query(sql, values)).rows
  }

  /** The first column of the first row; null when there is no row. */
  async value(sql: string, values: readonly (string | null)[] = []): Promise<string | null> {
    return (await this.rows(sql, values))[0]?.[0] ?? null
  }

  /** The first column of every row. */
  async list(sql: string, values: readonly (string | null)[] = []): Promise<readonly string[]> {
    return (await this.rows(sql, values)).flatMap(([first]) => (first == null ? [] : [first]))
  }

  /** Object identifier of a relation by its name as it is written; null when there is none. */
  relation(name: string): Promise<string | null> {
    return this.value('select pg_catalog.to_regclass($1)::pg_catalog.oid', [name])
  }

  /** Object identifier of a type by its name as it is written; null when there is none. */
  type(name: string): Promise<string | null> {
    return this.value('select pg_catalog.to_regtype($1)::pg_catalog.oid', [name])
  }
}
