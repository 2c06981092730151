import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A migration of a round, whose statements leave a trace each. */
export interface TracedMigration {
  readonly name: string
  readonly isTransactional: boolean
  readonly statementCount: number
}

/** What became of a migration: its row of the history, and how often each of its statements took effect. */
export interface Trace {
  readonly name: string
  readonly isTransactional: boolean
  readonly status: 'running' | 'applied' | 'failed' | null
  /** The last statement that the history says has completed. */
  readonly recorded: number
  /** Times that each statement took effect, from the first. */
  readonly effects: readonly number[]
}

/** The table that statements leave their traces in. */
export const EFFECTS = 'create table effects (name text not null, statement int not null); grant all on effects to app'

/** How often every statement took effect, beside what the history says. */
export const TRACES = `select coalesce(m.name, e.name) as name, m.status, m.statement_no, m.transactional,
    coalesce(e.statements, '{}') as statements
  from strata.migration m
  full join (select name, array_agg(statement order by statement) as statements from effects group by name) e using (name)`

/**
 * Writes migrations of random kinds into the folder, all with data changes, as nothing else shows what ran twice: a few that take
 * their time, so that faults fall on statements, or many that take none, so that they fall on what is around the statements.
 */
export async function writeTracedMigrations(folder: string, random: () => number): Promise<readonly TracedMigration[]> {
  await mkdir(folder, { recursive: true })
  const areTiny = random() < 0.5
  const length = areTiny ? 40 + Math.floor(random() * 40) : 3 + Math.floor(random() * 5)
  return Promise.all(
    Array.from({ length }, async (_, index) => {
      const isTransactional = random() < (areTiny ? 0.9 : 0.7)
      const name = `${index + 1}_${isTransactional ? 'together' : 'apart'}`
      const statements = Array.from({ length: 1 + Math.floor(random() * (areTiny ? 1 : 3)) }, (_, at) => {
        const rest = areTiny ? '' : ` from pg_sleep(${(random() * 0.06).toFixed(3)})`
        return `insert into effects select '${name}', ${at + 1}${rest}`
      })
      const head = isTransactional ? '' : '-- transaction: off\n'
      await writeFile(join(folder, `${name}.up.sql`), `${head}${statements.join(';\n')};\n`)
      return { name, isTransactional, statementCount: statements.length }
    }),
  )
}

/** What is untrue in the traces of a round; nothing when the history tells the truth. */
export function liesIn(traces: readonly Trace[], said: ReadonlySet<string>): string[] {
  return traces.flatMap(({ name, isTransactional, status, recorded, effects }) => {
    const lies: string[] = []
    const done = effects.filter((times) => times > 0).length
    if (effects.some((times) => times > 1)) lies.push(`${name}: a statement took effect twice: ${effects}`)
    if (effects.slice(0, done).includes(0))
      lies.push(`${name}: a statement took effect before an earlier one: ${effects}`)
    if (said.has(name) && status !== 'applied')
      lies.push(`${name}: a runner said it was applied, the history ${status}`)
    if (status === 'applied' && done < effects.length) lies.push(`${name}: recorded as applied, but ${effects}`)
    if (status === null && done > 0) lies.push(`${name}: took effect, but is not recorded: ${effects}`)
    if (isTransactional && status !== null && status !== 'applied')
      lies.push(`${name}: has a transaction, but is ${status}`)
    // The connection may be gone between a statement and its record, never the other way round.
    if (status !== 'applied' && status !== null && done !== recorded && done !== recorded + 1) {
      lies.push(`${name}: the history says ${recorded} statements, there are ${done}`)
    }
    return lies
  })
}
