/**
 * @typedef {import('./rules.mjs').Problem} Problem
 * @typedef {import('./read-modules.mjs').Module} Module
 */

/**
 * One problem per group of modules that import each other in a circle, type-only imports included, with the shortest
 * circle through its first file.
 * @param {readonly Module[]} modules
 * @returns {Problem[]}
 */
export function findCycles(modules) {
  const byFile = new Map(modules.map((module) => [module.file, module]))
  const seen = new Set()
  return modules.flatMap(({ file }) => {
    if (seen.has(file)) return []
    const circle = shortestCircle(file, byFile)
    if (circle === undefined) return []
    for (const member of circle) seen.add(member)
    const line = byFile.get(file)?.imports.find(({ target }) => target === (circle[1] ?? file))?.line ?? 1
    return [{ rule: 'no-cycles', file, line, message: [...circle, file].join(' -> ') }]
  })
}

/**
 * @param {string} start
 * @param {ReadonlyMap<string, Module>} byFile
 */
function shortestCircle(start, byFile) {
  /** @type {string[][]} */
  const paths = [[start]]
  const visited = new Set()
  for (const path of paths) {
    const last = path.at(-1) ?? start
    for (const { target } of byFile.get(last)?.imports ?? []) {
      if (target === start) return path
      if (target === null || visited.has(target)) continue
      visited.add(target)
      paths.push([...path, target])
    }
  }
  return undefined
}
