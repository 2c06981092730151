// node scripts/check-imports.mjs: who may import whom, as CONTRIBUTING.md tells it.
import { pathToFileURL } from 'node:url'
import { findCycles } from './imports/find-cycles.mjs'
import { readModules } from './imports/read-modules.mjs'
import { findBreaches } from './imports/rules.mjs'
import { ROOT } from './prepare/places.mjs'

/**
 * Every import under the root that breaks a rule, and how many files and imports were looked at.
 * @param {string} root
 * @returns {Promise<{ files: number, imports: number, problems: import('./imports/rules.mjs').Problem[] }>}
 */
export async function checkImports(root) {
  const modules = await readModules(root)
  const problems = [...findBreaches(modules), ...findCycles(modules)]
  if (modules.length === 0)
    problems.push({ rule: 'files-are-found', file: root, line: 1, message: 'no source file was found here' })
  return {
    files: modules.length,
    imports: modules.reduce((sum, { imports }) => sum + imports.length, 0),
    problems: problems.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line),
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { files, imports, problems } = await checkImports(ROOT)
  for (const { rule, file, line, message } of problems) console.error(`${file}:${line} ${rule}: ${message}`)
  console.log(`${files} files with ${imports} imports, ${problems.length} problems`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
