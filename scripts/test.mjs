// npm test [-- words of file paths] [-t words of test names]: sets everything up and runs every test, or those that match.
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { withLock } from './prepare/lock.mjs'
import { inRoot } from './prepare/places.mjs'
import { main, run } from './prepare/processes.mjs'
import { SetupProblem } from './prepare/say.mjs'
import { ensureTestServers } from './prepare/test-servers.mjs'
import { prepare } from './prepare.mjs'
import { appTotals, describeTotals, unitTotals } from './test/totals.mjs'

const UNIT_REPORT = inRoot('test-results/unit.json')
const APP_REPORT = inRoot('test-results/app.json')

await main(async () => {
  const { filters, names } = readArguments(process.argv.slice(2))
  const files = (await testFiles()).filter(
    (file) => filters.length === 0 || filters.some((filter) => file.includes(filter)),
  )
  const ofApp = files.filter((file) => file.startsWith('test/app/'))
  const ofUnits = files.filter((file) => !file.startsWith('test/app/'))
  if (files.length === 0) throw new SetupProblem(`no test file has ${filters.join(' or ')} in its path`)
  await prepare(ofApp.length > 0 ? 'unseen app' : 'packages')
  if (ofUnits.some((file) => file.startsWith('test/engine/servers/')))
    await withLock(inRoot('.cache', 'prepare.lock'), ensureTestServers)
  await mkdir(inRoot('test-results'), { recursive: true })

  const totals = []
  if (ofUnits.length > 0) {
    const chosen = filters.length === 0 ? [] : ofUnits
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${UNIT_REPORT}`]
    const named = names === undefined ? [] : ['-t', names]
    const code = await runner('vitest/vitest.mjs', ['run', ...chosen, ...reporters, ...named], UNIT_REPORT)
    totals.push(unitTotals(await report(UNIT_REPORT), code))
  }
  if (ofApp.length > 0) {
    // Playwright takes patterns, not paths.
    const chosen = filters.length === 0 ? [] : ofApp.map((file) => file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    const named = names === undefined ? [] : ['-g', names, '--pass-with-no-tests']
    const code = await runner('@playwright/test/cli.js', ['test', ...chosen, ...named], APP_REPORT)
    totals.push(appTotals(await report(APP_REPORT), code))
  }
  const { summary, isGreen } = describeTotals(totals)
  console.log(`\n${summary}`)
  return isGreen ? 0 : 1
})

/** @param {readonly string[]} args */
function readArguments(args) {
  const at = args.indexOf('-t')
  const names = at === -1 ? undefined : args[at + 1]
  const filters = args.filter((_, index) => at === -1 || (index !== at && index !== at + 1))
  const unknown = filters.find((filter) => filter.startsWith('-'))
  if (unknown !== undefined || (at !== -1 && names === undefined))
    throw new SetupProblem('usage: npm test [-- words of file paths] [-t words of test names]')
  return { filters: filters.map((filter) => filter.replaceAll('\\', '/')), names }
}

/** Test files as paths in the checkout, with slashes on every platform. */
async function testFiles() {
  const entries = await readdir(inRoot('test'), { recursive: true })
  return entries
    .map((entry) => `test/${entry.replaceAll('\\', '/')}`)
    .filter((path) => /^test\/(scripts|contract|main|engine|renderer|app)\/.*\.test\.tsx?$/.test(path))
    .sort()
}

/**
 * @param {string} cli
 * @param {readonly string[]} args
 * @param {string} reportFile
 */
async function runner(cli, args, reportFile) {
  await rm(reportFile, { force: true })
  return await run([process.execPath, inRoot('node_modules', cli), ...args], { cwd: inRoot() })
}

/** @param {string} file */
async function report(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return undefined
  }
}
