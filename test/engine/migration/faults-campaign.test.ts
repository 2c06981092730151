import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../support/builders'
import { type Cluster, startCluster } from '../../support/cluster'
import { buildCommandLine, leadingTo, type RunningCommand, startCommand } from '../../support/command-line'
import { createDatabaseOn, type TestDatabase } from '../../support/database-on'
import {
  EFFECTS,
  liesIn,
  TRACES,
  type Trace,
  type TracedMigration,
  writeTracedMigrations,
} from '../../support/faulty-round'
import { rounds } from '../../support/rounds'

type Start = (...words: readonly string[]) => RunningCommand

/** Longest pause before a fault, in milliseconds: about what a round's migrations take together. */
const LONGEST_PAUSE_MS = 250

describe('migrations under random faults', () => {
  let cluster: Cluster
  let bundle: string
  let program: string
  beforeAll(async () => {
    bundle = await mkdtemp(join(tmpdir(), 'strata-faults-'))
    // What was committed must outlive the server.
    ;[cluster, program] = await Promise.all([startCluster({ synchronous_commit: 'on' }), buildCommandLine(bundle)])
  })
  afterAll(async () => {
    await cluster.stop()
    await rm(bundle, { recursive: true, force: true })
  })

  it.each([
    ['check 5: its runner was killed', (runner: RunningCommand) => void runner.process.kill('SIGKILL')],
    ['check 6: its server was stopped at once and started again', () => cluster.crash()],
  ])('are all applied within 10 s by the next run where %s inside the second of three', async (title, fault) => {
    const database = await createDatabaseOn(cluster.facts, 'app')
    const folder = join(bundle, title.slice(0, 7))
    await mkdir(folder)
    const bodies = {
      '1_a': 'create table a ()',
      '2_b': 'create table b (); select pg_sleep(3)',
      '3_c': 'create table c ()',
    }
    for (const [name, body] of Object.entries(bodies)) await writeFile(join(folder, `${name}.up.sql`), body)
    const start = () => startCommand(program, ['migrate', 'apply', '--dir', folder], leadingTo(database))
    const stopped = start()
    await stopped.wrote(/done {2}1_a/)
    await expect
      .poll(async () => (await database.query(`select 1 ${OF_RUNNERS} and query like '%pg_sleep%'`)).rowCount)
      .toBe(1)

    await fault(stopped)
    await stopped.ended
    const startedAt = performance.now()
    const { code } = await start().ended
    const tookMs = performance.now() - startedAt

    const { rows } = await database.query('select name, status from strata.migration order by seq')
    await database.drop()
    expect([code, rows.map(({ name, status }) => `${name} ${status}`)]).toEqual([
      0,
      ['1_a applied', '2_b applied', '3_c applied'],
    ])
    expect(tookMs).toBeLessThan(10_000)
  })

  it.each(rounds(4))('are each applied once, all recorded, and converge on restart (round %i)', async (round) => {
    const random = seededRandom(round)
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
    const database = await createDatabaseOn(cluster.facts, 'app')
    await database.query(EFFECTS)
    const folder = join(bundle, String(round))
    const planned = await writeTracedMigrations(folder, random)
    const start: Start = (...words) =>
      startCommand(program, ['migrate', ...words, '--dir', folder], leadingTo(database))
    const runners: RunningCommand[] = []
    const faults: readonly (() => unknown)[] = [
      () => pick(runners).process.kill('SIGKILL'),
      () => pick(runners).process.kill('SIGKILL'),
      () => pick(runners).process.kill('SIGINT'),
      () => terminateBackend(database),
      () => killBackend(database),
      () => cluster.crash(),
    ]
    const count = 1 + Math.floor(random() * 4)

    while (runners.length < count) {
      runners.push(start('apply'))
      await pause(random() * 60)
    }
    await Promise.race([...runners.map(({ wrote }) => wrote(/done/)), ...runners.map(({ ended }) => ended)]).catch(
      () => {},
    )
    for (let fault = 1 + Math.floor(random() * 2); fault > 0; fault -= 1) {
      await pause(random() * LONGEST_PAUSE_MS)
      await pick(faults)()
    }
    const ends = await Promise.all(runners.map(({ ended }) => ended))
    await untilQuiet(database)
    const said = new Set(
      ends.flatMap(({ stderr }) => [...stderr.matchAll(/^done {2}(\S+)/gm)].map(([, name]) => name ?? '')),
    )
    const found = await tracesOf(database, planned)
    await repair(database, found, start)
    const last = await start('apply').ended
    const healed = await tracesOf(database, planned)
    const locks = await database.query("select count(*)::int as held from pg_locks where locktype = 'advisory'")
    await database.drop()

    expect(liesIn(found, said)).toEqual([])
    expect({ round, code: last.code, stderr: last.code === 0 ? '' : last.stderr }).toEqual({
      round,
      code: 0,
      stderr: '',
    })
    expect(healed).toEqual(
      planned.map(({ name, isTransactional, statementCount }) => ({
        name,
        isTransactional,
        status: 'applied',
        recorded: statementCount,
        effects: Array.from({ length: statementCount }, () => 1),
      })),
    )
    expect(locks.rows[0]?.held).toBe(0)
  })
})

const OF_RUNNERS = `from pg_stat_activity where datname = current_database() and application_name like 'Strata%'`

async function terminateBackend(database: TestDatabase): Promise<void> {
  await database.query(`select pg_terminate_backend(pid) ${OF_RUNNERS} and query like '%pg_sleep%'`).catch(() => {})
}

/** The whole server begins anew when one of its processes is killed. */
async function killBackend(database: TestDatabase): Promise<void> {
  const { rows } = await database
    .query(`select pid ${OF_RUNNERS} order by pid desc limit 1`)
    .catch(() => ({ rows: [] }))
  try {
    if (rows[0] !== undefined) process.kill(rows[0].pid, 'SIGKILL')
  } catch {
    // it has ended meanwhile
  }
}

/** Resolves once the server answers and what was orphaned has ended. */
async function untilQuiet(database: TestDatabase): Promise<void> {
  await expect
    .poll(
      () =>
        database.query(`select 1 ${OF_RUNNERS}`).then(
          ({ rowCount }) => rowCount,
          () => 'no answer',
        ),
      {
        timeout: 20_000,
        interval: 20,
      },
    )
    .toBe(0)
}

async function tracesOf(database: TestDatabase, planned: readonly TracedMigration[]): Promise<readonly Trace[]> {
  const isThere = await database.query("select to_regclass('strata.migration') is not null as is")
  const { rows } = await database.query(
    isThere.rows[0]?.is ? TRACES : 'select name, array_agg(statement) as statements from effects group by name',
  )
  return planned.map(({ name, isTransactional, statementCount }) => {
    const row = rows.find((each) => each.name === name)
    const statements: number[] = row?.statements ?? []
    const effects = Array.from(
      { length: statementCount },
      (_, index) => statements.filter((each) => each === index + 1).length,
    )
    return { name, isTransactional, status: row?.status ?? null, recorded: row?.statement_no ?? 0, effects }
  })
}

/**
 * What a person does about a migration without a transaction that stands half-way. Where the history knows all that took effect
 * it goes on; a statement whose answer was lost has to be looked at: here all is undone and the migration marked as not applied.
 */
async function repair(database: TestDatabase, traces: readonly Trace[], start: Start): Promise<void> {
  for (const { name, isTransactional, status, recorded, effects } of traces) {
    if (isTransactional || status === null || status === 'applied') continue
    const isKnown = effects.filter((times) => times > 0).length === recorded
    if (!isKnown) await database.query('delete from effects where name = $1', [name])
    const { code, stderr } = await start('repair', name, isKnown ? '--resume' : '--mark-not-applied', '--yes').ended
    if (code !== 0) throw new Error(`${name} could not be repaired: ${stderr}`)
  }
}
