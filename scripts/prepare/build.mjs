import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inRoot } from './places.mjs'
import { run } from './processes.mjs'
import { SetupProblem, say } from './say.mjs'

const INPUTS = [
  'contract',
  'electron',
  'renderer',
  'electron.vite.config.ts',
  'vite.cli.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
]
const OUTPUTS = [
  'out/main/main.js',
  'out/main/engine.js',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
  'out/cli/strata.mjs',
]
const STAMP = 'out/built-from'

/**
 * Builds the app into out/, unless out/ was built from the very files that are there.
 * @param {Record<string, string>} environment
 */
export async function ensureBuild(environment) {
  // Taken before the build: what is edited while it runs makes the next one stale.
  const inputs = await checksum()
  if ((await readFile(inRoot(STAMP), 'utf8').catch(() => '')) === `${inputs}\n${await outputTimes()}`) return
  say('building')
  await rm(inRoot(STAMP), { force: true })
  const cli = inRoot('node_modules/electron-vite/bin/electron-vite.js')
  const command = /** @type {const} */ ([process.execPath, cli, 'build', '--logLevel', 'warn'])
  const code = await run(command, { cwd: inRoot(), env: environment })
  if (code !== 0) throw new SetupProblem(`the build ended with code ${code}; its own lines above say why`)
  await writeFile(inRoot(STAMP), `${inputs}\n${await outputTimes()}`)
}

async function checksum() {
  const sum = createHash('sha256')
  for (const path of (await Promise.all(INPUTS.map(filesOf))).flat())
    sum
      .update(path)
      .update('\0')
      .update(await readFile(inRoot(path)))
      .update('\0')
  return sum.digest('hex')
}

/**
 * @param {string} path
 * @returns {Promise<string[]>}
 */
async function filesOf(path) {
  if (!(await stat(inRoot(path))).isDirectory()) return [path]
  const entries = await readdir(inRoot(path), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => file.slice(inRoot().length))
    .sort()
}

/** Tells whether someone else, `npm run build` or `npm run dev`, wrote into out/ since. */
async function outputTimes() {
  const times = OUTPUTS.map(async (path) => (await stat(inRoot(path)).catch(() => undefined))?.mtimeMs ?? 'missing')
  return (await Promise.all(times)).join(' ')
}
