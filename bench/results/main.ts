import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { TARGET_DEFAULTS } from '../../contract/profile-defaults'
import { startCluster } from '../../test/support/cluster'
import { createDatabaseOn } from '../../test/support/database-on'
import { writeResults } from '../results-file'
import { type Found, MEASUREMENTS, type MeasurementName, type Place } from './child'
import { describeRounds, type Round } from './report'
import { QUERY, SORTED_COLUMNS, TABLE } from './table'
import { measureWindow } from './window'

const ROUNDS = Number(process.env.ROUNDS ?? 5)
const ROWS = Number(process.env.ROWS ?? 1_000_000)
const RESULTS = join(import.meta.dirname, '../../bench/RESULTS.md')

const [name, order] = process.argv.slice(2)
if (name === undefined) await measureAll()
else process.stdout.write(JSON.stringify(await MEASUREMENTS[name as MeasurementName](JSON.parse(order ?? '{}'))))

async function measureAll(): Promise<void> {
  const { place, end } = await findServer()
  try {
    console.log(`making a table of ${ROWS} rows`)
    await ask(place, 'drop table if exists t')
    for (const sql of TABLE(ROWS).split(';\n')) await ask(place, sql)
    const version = await ask(place, 'show server_version')
    const rounds: Round[] = []
    await psql(place) // the table is in memory for everybody
    for (let round = 1; round <= ROUNDS; round += 1) {
      const psqlMs = await psql(place)
      const found = {
        pg: await measure('pg', place),
        kept: await measure('kept', place),
        spilled: await measure('spilled', place),
        decoded: await measure('decoded', place),
        ingest: await measure('ingest', place),
        exported: await measure('exported', place),
      }
      const copyMs = await copyToFile(place)
      const serverSortMs: Record<string, number | null> = {}
      for (const column of SORTED_COLUMNS) serverSortMs[column] = await serverSort(place, column)
      rounds.push({ psqlMs, copyMs, serverSortMs, found })
      const took = Object.entries(found).flatMap(([way, { ms }]) =>
        ms === undefined ? [] : `${way} ${Math.round(ms)}`,
      )
      console.log(`round ${round}: psql ${psqlMs === null ? 'missing' : Math.round(psqlMs)}, ${took.join(', ')} ms`)
    }
    const cancel = await measure('cancel', place)
    console.log('the real app')
    const shown = await measureWindow(ROWS)
    const psqlVersion = (await psqlSays(place, ['--version']))?.trim() ?? 'no psql'
    const versions = [`PostgreSQL ${version}`, psqlVersion, `Node ${process.versions.node}`]
    const report = describeRounds(rounds, cancel, shown, versions)
    await writeResults(RESULTS, report)
    console.log(`\n${report}`)
  } finally {
    await end()
  }
}

/** A throwaway server, or the one that DATABASE_URL names. */
async function findServer(): Promise<{ readonly place: Place; readonly end: () => Promise<void> }> {
  const url = process.env.DATABASE_URL
  if (url !== undefined) {
    const { hostname, port, username, password, pathname } = new URL(url)
    const target = {
      host: hostname,
      port: Number(port || 5432),
      role: decodeURIComponent(username),
      database: decodeURIComponent(pathname.slice(1)),
      tlsMode: 'disable' as const,
      ...TARGET_DEFAULTS,
    }
    return { place: { target, password: decodeURIComponent(password) }, end: async () => {} }
  }
  const cluster = await startCluster()
  const { target, password } = await createDatabaseOn(cluster.facts)
  return { place: { target, password }, end: () => cluster.stop() }
}

async function ask({ target, password }: Place, sql: string): Promise<string> {
  const { host, port, role, database } = target
  const client = new pg.Client({ host, port, user: role, password, database })
  await client.connect()
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return String(rows[0]?.[0] ?? '')
  } finally {
    await client.end()
  }
}

/** Milliseconds that psql takes from start to end; null when there is none. */
async function psql(place: Place): Promise<number | null> {
  const startedAt = performance.now()
  const said = await psqlSays(place, ['-X', '-A', '-t', '-o', '/dev/null', '-c', QUERY])
  return said === null ? null : performance.now() - startedAt
}

/** Milliseconds that psql's \copy takes to write the same rows to a CSV file; null when there is none. */
async function copyToFile(place: Place): Promise<number | null> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'))
  try {
    const command = `\\copy (${QUERY}) to '${join(folder, 'copied.csv')}' (format csv)`
    const startedAt = performance.now()
    const said = await psqlSays(place, ['-X', '-c', command])
    return said === null ? null : performance.now() - startedAt
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Milliseconds that the server takes to sort the same rows, which it keeps to itself. */
async function serverSort(place: Place, column: string): Promise<number> {
  const startedAt = performance.now()
  // The last of the sorted rows cannot be had without sorting all; by code point, as loaded texts are sorted.
  const collation = column === 'title' ? ' collate "C"' : ''
  await ask(place, `select * from t order by ${column}${collation} desc offset ${ROWS - 1}`)
  return performance.now() - startedAt
}

async function psqlSays({ target, password }: Place, words: readonly string[]): Promise<string | null> {
  const { host, port, role, database } = target
  const env = { PGHOST: host, PGPORT: String(port), PGUSER: role, PGDATABASE: database, PGPASSWORD: password }
  const child = spawn('psql', words, {
    env: { ...process.env, ...env, PGSSLMODE: 'disable' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (text) => {
    said += String(text)
  })
  const [code] = await Promise.race([once(child, 'close'), once(child, 'error').then(() => [null])])
  if (code === null) return null
  if (code !== 0) throw new Error(`psql ended with code ${code}`)
  return said
}

async function measure(name: MeasurementName, place: Place): Promise<Found> {
  const file = process.argv[1] ?? ''
  const child = spawn(process.execPath, ['--expose-gc', file, name, JSON.stringify(place)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (text) => {
    said += String(text)
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`measuring ${name} ended with code ${code}`)
  return JSON.parse(said)
}
