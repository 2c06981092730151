// npm run strata -- migrate …: the command line of this checkout, built anew where it is missing or older than its sources.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inRoot } from './prepare/places.mjs'
import { SetupProblem } from './prepare/say.mjs'
import { prepare } from './prepare.mjs'

const PROGRAM = inRoot('out/cli/strata.mjs')
const INPUTS = [
  'contract',
  'electron/engine',
  'electron/cli',
  'vite.cli.config.ts',
  'package.json',
  'package-lock.json',
]

try {
  await prepare('packages')
  if (await isStale()) {
    const { build } = await import('vite')
    await build({ configFile: inRoot('vite.cli.config.ts'), logLevel: 'silent' })
  }
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error
  console.error(`strata: ${error.message}`)
  process.exit(1)
}
// In this process: it answers to Ctrl+C itself, and asks on this terminal.
await import(pathToFileURL(PROGRAM).href)

async function isStale() {
  const built = await timeOf(PROGRAM)
  const times = await Promise.all((await Promise.all(INPUTS.map(filesOf))).flat().map(timeOf))
  return built === 0 || times.some((time) => time > built)
}

/** @param {string} path */
async function filesOf(path) {
  if (!(await stat(inRoot(path))).isDirectory()) return [inRoot(path)]
  const entries = await readdir(inRoot(path), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** @param {string} file */
async function timeOf(file) {
  return (await stat(file).catch(() => null))?.mtimeMs ?? 0
}
