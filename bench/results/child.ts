import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import pg from 'pg'
import type { Target } from '../../contract/profile'
import { WINDOW_ROWS } from '../../contract/query'
import { type KeptResult, ResultRegistry } from '../../electron/engine/query/result-registry'
import { eachCell } from '../../electron/engine/query/row-cells'
import { packWindow } from '../../electron/engine/query/row-window'
import { runStatements } from '../../electron/engine/query/run-statements'
import { openSession } from '../../electron/engine/session/connect'
import type { Session } from '../../electron/engine/session/session'
import { aProfileId, RunChannel, seededRandom } from '../../test/support/builders'
import { exportToCsv, sortKept } from './kept-rows'
import { QUERY } from './table'

/** Where a child finds the server. */
export interface Place {
  readonly target: Target
  readonly password: string
}

/** What one measurement found: milliseconds and bytes by name. */
export type Found = Readonly<Record<string, number>>

type DecodingBuffer = Buffer & { utf8Slice(from: number, to: number): string }

/** One measurement, made in a process of its own. */
export const MEASUREMENTS = {
  /** pg's own way: objects by its default parsers, all rows at once. */
  pg: async ({ target, password }: Place): Promise<Found> => {
    const { host, port, role, database } = target
    const connect = async () => {
      const client = new pg.Client({ host, port, user: role, password, database })
      client.on('error', () => {}) // ended in the middle of its rows
      await client.connect()
      await client.query('select 1')
      return client
    }
    const eager = await connect()
    const firstAt = performance.now()
    const first = new pg.Query(QUERY)
    first.on('error', () => {})
    eager.query(first)
    await new Promise<void>((resolve) => first.once('row', () => resolve()))
    const firstRowMs = performance.now() - firstAt
    await eager.end()

    const client = await connect()
    const before = memory()
    const startedAt = performance.now()
    const { rows } = await client.query(QUERY)
    const ms = performance.now() - startedAt
    const grown = memory() - before
    await client.end()
    return { ms, rows: rows.length, grown, firstRowMs }
  },

  /** The result store with everything in memory. */
  kept: (place: Place) =>
    withSession(place, async (session) => {
      const before = memory()
      const { ms, firstPageMs, result } = await read(session, { memoryBytes: 2 ** 40 })
      return { ms, firstPageMs, grown: memory() - before, ...factsOf(result) }
    }),

  /** The result store as the app uses it, then windows at random. */
  spilled: (place: Place) =>
    withSession(place, async (session, spillFolder) => {
      const before = memory()
      const { ms, firstPageMs, result } = await read(session, { spillFolder })
      const grown = memory() - before
      const windows = await fetchWindows(result, 1500)
      return { ms, firstPageMs, grown, ...factsOf(result), ...quantiles('window', windows) }
    }),

  /** The same, and every cell made a text once. */
  decoded: (place: Place) =>
    withSession(place, async (session, spillFolder) => {
      const startedAt = performance.now()
      const { result } = await read(session, { spillFolder })
      let units = 0
      const decode = (bytes: Buffer, at: number, length: number) => {
        // What `toString` calls; most cells are so short that its own checks cost as much as the decoding.
        if (length > 0) units += (bytes as DecodingBuffer).utf8Slice(at, at + length).length
      }
      for (let row = 0; row < result.store.rowCount; row += 1) eachCell(result.store, row, result.columnCount, decode)
      return { ms: performance.now() - startedAt, units }
    }),

  /** Loaded rows written to a CSV file: from the store as it is, and with the reading of them. Then they are sorted. */
  exported: (place: Place) =>
    withSession(place, async (session, folder) => {
      const startedAt = performance.now()
      const { ms: readMs, result } = await read(session, { spillFolder: folder })
      const { ms: loadedMs, bytes } = await exportToCsv(result, folder)
      const ms = performance.now() - startedAt
      const sorted = await sortKept(result)
      return { ms, readMs, loadedMs, bytes, ...prefixed('sort', sorted) }
    }),

  /** Windows at random while rows stream in. */
  ingest: (place: Place) =>
    withSession(place, async (session, spillFolder) => {
      const windows: number[] = []
      let isReading = true
      const { ended, registry, channel } = start(session, QUERY, { spillFolder })
      const { resultId } = await channel.heard('rowsCounted')
      const asking = (async () => {
        while (isReading) {
          windows.push(...(await fetchWindows(registry.get(resultId), 1)))
          await new Promise((resolve) => setTimeout(resolve, 4))
        }
      })()
      await ended
      isReading = false
      await asking
      registry.releaseAll()
      return quantiles('window', windows)
    }),

  /** From the wish to cancel until the run has ended. */
  cancel: (place: Place) =>
    withSession(place, async (session) => {
      const sleep = await cancelTimes(session, 'select pg_sleep(60)', 20, 100)
      const sort = await cancelTimes(session, 'select * from t order by note desc, title, weight', 20, 150)
      return { ...quantiles('sleep', sleep), ...quantiles('sort', sort) }
    }),
} as const

/** The name of a measurement. */
export type MeasurementName = keyof typeof MEASUREMENTS

const prefixed = (prefix: string, found: Found): Found =>
  Object.fromEntries(Object.entries(found).map(([name, value]) => [`${prefix} ${name}`, value]))

async function withSession(
  { target, password }: Place,
  work: (session: Session, spillFolder: string) => Promise<Found>,
): Promise<Found> {
  const session = await openSession({ profileId: aProfileId, target, password, applicationName: 'Strata bench' })
  const folder = mkdtempSync(join(tmpdir(), 'strata-bench-'))
  try {
    await session.query('select 1')
    // Once for the compiler, on a part: the others have warm code as well.
    const warm = start(session, `${QUERY} limit 20000`, {})
    await warm.ended
    warm.registry.releaseAll()
    return await work(session, folder)
  } finally {
    await session.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

function start(session: Session, script: string, kept: ConstructorParameters<typeof ResultRegistry>[0]) {
  const registry = new ResultRegistry(kept)
  const channel = new RunChannel()
  const input = { sessionId: session.id, script, range: null, commitMode: 'auto' as const }
  const ended = runStatements(input, { session, results: registry, nameTypes: async () => null }, channel)
  return { registry, channel, ended }
}

async function read(session: Session, kept: ConstructorParameters<typeof ResultRegistry>[0]) {
  const startedAt = performance.now()
  const { registry, channel, ended } = start(session, QUERY, kept)
  const { resultId } = await channel.heard('rowsCounted')
  const firstPageMs = performance.now() - startedAt
  await ended
  if (channel.all('statementCompleted').length !== 1) throw new Error('the statement did not complete')
  return { ms: performance.now() - startedAt, firstPageMs, result: registry.get(resultId) }
}

function factsOf({ store }: KeptResult): Found {
  return { rows: store.rowCount, wireBytes: store.byteCount, counted: store.memoryBytes }
}

/** Milliseconds from asking for a window over a port until it is there. */
async function fetchWindows({ store, columnCount }: KeptResult, times: number): Promise<number[]> {
  const random = seededRandom(7 + store.rowCount)
  const { port1, port2 } = new MessageChannel()
  port2.on('message', (from: number) => port2.postMessage(packWindow(store, columnCount, from, WINDOW_ROWS)))
  const took: number[] = []
  for (let time = 0; time < times; time += 1) {
    const asked = performance.now()
    const arrived = new Promise((resolve) => port1.once('message', resolve))
    port1.postMessage(Math.floor(random() * Math.max(1, store.rowCount - WINDOW_ROWS)))
    await arrived
    took.push(performance.now() - asked)
  }
  port1.close()
  return took
}

async function cancelTimes(session: Session, script: string, times: number, afterMs: number): Promise<number[]> {
  const took: number[] = []
  for (let time = 0; time < times; time += 1) {
    const { registry, ended } = start(session, script, {})
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    const asked = performance.now()
    await Promise.all([session.cancel(), ended.then(() => took.push(performance.now() - asked))])
    registry.releaseAll()
  }
  return took
}

/** The median and the 95th percentile by their names. */
export function quantiles(name: string, values: readonly number[]): Found {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { [`${name}P50`]: at(0.5), [`${name}P95`]: at(0.95) }
}

function memory(): number {
  for (let time = 0; time < 3; time += 1) globalThis.gc?.()
  return process.memoryUsage().rss
}
