// npm run check: types, lint and format, dependency rules, dead code, lock and texts. All of them run, also when one fails.
import { readdir } from 'node:fs/promises'
import { checkLock } from './check/lock.mjs'
import { checkTexts } from './check/texts.mjs'
import { inRoot, ROOT } from './prepare/places.mjs'
import { capture, main } from './prepare/processes.mjs'
import { prepare } from './prepare.mjs'

/**
 * Answers with what is wrong, in lines to show; nothing when all is right.
 * @typedef {() => Promise<string[]>} Check
 */

await main(async () => {
  await prepare('packages')
  const projects = (await readdir(inRoot('tsconfig'))).map((file) => `tsconfig/${file}`)
  /** @type {[name: string, check: Check][]} */
  const checks = [
    ...[...projects, 'scripts/tsconfig.json'].map(typesOf),
    ['lint and format', tool('@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '--colors=off')],
    ['dependency rules', importProblems],
    ['dead code', tool('knip/bin/knip.js', '--no-progress')],
    ['lock', checkLock],
    ['texts', checkTexts],
  ]
  let failed = 0
  for (const [name, check] of checks) {
    const startedAt = performance.now()
    const problems = await check()
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
    for (const problem of problems) console.log(problem.replace(/^(?=.)/gm, '  '))
    if (problems.length > 0) failed += 1
  }
  console.log(failed === 0 ? `\n${checks.length} checks, all right` : `\n${failed} of ${checks.length} checks failed`)
  return failed === 0 ? 0 : 1
})

/**
 * @param {string} project
 * @returns {[string, Check]}
 */
function typesOf(project) {
  const compile = tool('typescript/bin/tsc', '-p', project, '--pretty', 'false')
  return [`types of ${project}`, compile]
}

/**
 * @param {string} script
 * @param {...string} args
 * @returns {Check}
 */
function tool(script, ...args) {
  return async () => {
    const { code, stdout, stderr } = await capture([process.execPath, inRoot('node_modules', script), ...args], {
      cwd: ROOT,
    })
    return code === 0 ? [] : [`${stdout}${stderr}`.trim() || `${script} ended with code ${code}`]
  }
}

/** @type {Check} */
async function importProblems() {
  const { checkImports } = await import('./check-imports.mjs')
  const { problems } = await checkImports(ROOT)
  return problems.map(({ rule, file, line, message }) => `${file}:${line} ${rule}: ${message}`)
}
