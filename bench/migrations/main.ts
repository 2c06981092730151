import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, startCluster } from '../../test/support/cluster'
import { buildCommandLine } from '../../test/support/command-line'
import { createDatabaseOn } from '../../test/support/database-on'
import { writeResults } from '../results-file'
import { engineOn } from './in-process'
import { DEEDS, type Deed, describeMigrations, type EngineTimes, type Times } from './report'
import { alembic, dbmate, nodePgMigrate, placeOn, strata, type Tool, yoyo } from './tools'

// umzug's command line, which is never used, reads this name while it is loaded; an ES module has none.
Object.assign(globalThis, { require: createRequire(import.meta.url) })

const ROUNDS = Number(process.env.ROUNDS ?? 3)
const ROOT = join(import.meta.dirname, '../..')
const FEW = 500
const MANY = 5000

await measureAll()

async function measureAll(): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), 'strata-bench-'))
  const cluster = await startCluster()
  try {
    const tools = [
      strata(await buildCommandLine(join(parent, 'cli'))),
      dbmate(ROOT),
      nodePgMigrate(ROOT, false),
      nodePgMigrate(ROOT, true),
      yoyo,
      alembic,
    ]
    const rounds: Times[][] = []
    const engine: EngineTimes[] = []
    for (let round = 1; round <= ROUNDS; round += 1) {
      const times: Times[] = []
      for (const tool of tools) {
        const found = await measureTool(tool, cluster, await mkdtemp(join(parent, 'tool-')))
        times.push(found)
        const shown =
          found === null ? 'not installed' : DEEDS.map((deed) => `${deed} ${Math.round(found[deed])}`).join(', ')
        console.log(`round ${round}: ${tool.name}: ${shown}`)
      }
      rounds.push(times)
      engine.push(await measureEngine(tools[0] as Tool, cluster, await mkdtemp(join(parent, 'engine-'))))
      console.log(`round ${round}: engine alone: ${JSON.stringify(engine.at(-1))}`)
    }
    const versions = [`Node ${process.versions.node}`, ...(await versionsOf(tools))]
    const report = describeMigrations(tools, rounds, engine, versions)
    await writeResults(join(ROOT, 'bench/RESULTS.md'), report)
    console.log(`\n${report}`)
  } finally {
    await cluster.stop()
    await rm(parent, { recursive: true, force: true })
  }
}

/** One round of a tool in a database of its own; null when the tool is not installed. */
async function measureTool(tool: Tool, cluster: Cluster, folder: string): Promise<Times> {
  const database = await createDatabaseOn(cluster.facts, 'app')
  try {
    const place = placeOn(database, folder)
    await mkdir(folder, { recursive: true })
    await tool.write(place, 1, FEW)
    const applied = await timed(tool.apply(place), place.environment)
    if (applied === null) return null
    const { rows } = await database.query("select count(*)::int as made from pg_tables where tablename ~ '^t[0-9]+$'")
    if (rows[0]?.made !== FEW) throw new Error(`${tool.name} made ${rows[0]?.made} tables`)
    const found: Partial<Record<Deed, number>> = { 'apply 500': applied }
    found['status of 500'] = (await timed(tool.status(place), place.environment)) ?? Number.NaN
    found['nothing to do'] = (await timed(tool.apply(place), place.environment)) ?? Number.NaN
    await tool.write(place, FEW + 1, MANY)
    found['status of 5,000'] = (await timed(tool.status(place), place.environment)) ?? Number.NaN
    return found as Record<Deed, number>
  } finally {
    await database.drop()
  }
}

async function measureEngine(files: Tool, cluster: Cluster, folder: string): Promise<EngineTimes> {
  const database = await createDatabaseOn(cluster.facts, 'app')
  try {
    const place = placeOn(database, folder)
    const engine = engineOn(database)
    await files.write(place, 1, FEW)
    const apply500 = await engine.apply(folder)
    const few = await engine.list(folder)
    await files.write(place, FEW + 1, MANY)
    const many = await engine.list(folder)
    return {
      apply500,
      first500: few.firstMs,
      refresh500: few.refreshMs,
      first5000: many.firstMs,
      refresh5000: many.refreshMs,
    }
  } finally {
    await database.drop()
  }
}

/** Milliseconds from start to end of a program; null when there is none. */
async function timed(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number | null> {
  const startedAt = performance.now()
  const said = await output(command, environment)
  return said === null ? null : performance.now() - startedAt
}

async function output(
  [file = '', ...words]: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string | null> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(file, words, { env: { PATH, HOME, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said += String(text)
    })
  }
  const [code] = await Promise.race([once(child, 'close'), once(child, 'error').then(() => [null])])
  if (code === null) return null
  if (code !== 0) throw new Error(`${file} ${words.join(' ')} ended with code ${code}:\n${said.slice(-2000)}`)
  return said
}

async function versionsOf(tools: readonly Tool[]): Promise<string[]> {
  const asked = [
    [join(ROOT, 'node_modules/.bin/dbmate'), '--version'],
    ['alembic', '--version'],
    ['dpkg-query', '--show', '--showformat', `yoyo \${Version}`, 'yoyo'],
  ]
  const said = await Promise.all(asked.map((command) => output(command, {}).catch(() => null)))
  return tools.length === 0 ? [] : said.flatMap((text) => (text === null ? [] : [text.trim()]))
}
