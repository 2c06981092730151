import { isBuiltin } from 'node:module'

/**
 * A broken rule, where it is broken, and why that is one.
 * @typedef {{ rule: string, file: string, line: number, message: string }} Problem
 * @typedef {import('./read-modules.mjs').Module} Module
 * @typedef {import('./read-modules.mjs').Import} Import
 */

const PG_COMPANIONS = /^(pg|pg-.+|pgpass)$/
const ENGINE_LEAVES = ['electron/engine/failure-error.ts', 'electron/engine/log.ts']

/**
 * Rules about one import at a time: each answers with a message when the import breaks it.
 * @type {Record<string, (file: string, one: Import & { name: string | null }) => string | undefined>}
 */
const IMPORT_RULES = {
  'imports-resolve': (_, { name, target, specifier }) =>
    name === null && target === null ? `${specifier} leads to no file` : undefined,

  'contract-is-pure': (file, { name, target }) => {
    if (!isIn(file, 'contract')) return
    if (name !== null && name !== 'zod') return `contract/ imports zod only, not ${name}`
    if (target !== null && !isIn(target, 'contract'))
      return `contract/ depends on nothing else of ours, not on ${target}`
    return undefined
  },

  'window-is-a-browser': (file, { name, target }) => {
    if (!isIn(file, 'renderer')) return
    if (name !== null && (name === 'electron' || name === 'umzug' || PG_COMPANIONS.test(name) || isBuiltin(name)))
      return `the window has no ${name}`
    if (target !== null && !isIn(target, 'renderer') && !isIn(target, 'contract'))
      return `the window reaches the rest through contract/ only, not ${target}`
    return undefined
  },

  'shell-is-thin': (file, { name, target }) => {
    const isShell = isIn(file, 'electron/main') || isIn(file, 'electron/preload')
    if (name === 'electron' && !isShell) return 'electron is imported under electron/main/ and by the preload only'
    if (!isShell) return
    if (name !== null && (name === 'umzug' || PG_COMPANIONS.test(name)))
      return `the shell never talks to PostgreSQL: ${name}`
    const own = isIn(file, 'electron/main') ? 'electron/main' : 'electron/preload'
    if (target !== null && !isIn(target, own) && !isIn(target, 'contract'))
      return `${own}/ imports contract/ and itself, nothing of ${target}`
    return undefined
  },

  'command-line-is-thin': (file, { name, target }) => {
    if (!isIn(file, 'electron/cli')) return
    if (name !== null && !isBuiltin(name)) return `the command line works through the engine alone, not through ${name}`
    const isAllowed = ['contract', 'electron/engine', 'electron/cli'].some(
      (folder) => target === null || isIn(target, folder),
    )
    return isAllowed ? undefined : `the command line imports contract/, the engine and itself, not ${target}`
  },

  'pg-lives-in-session': (file, { name }) =>
    name !== null && PG_COMPANIONS.test(name) && isIn(file, 'electron/engine') && !isIn(file, 'electron/engine/session')
      ? `${name} is imported under electron/engine/session/ only; others speak to Session`
      : undefined,

  'ssh2-lives-in-tunnel': (file, { name }) =>
    name === 'ssh2' && !isIn(file, 'electron/engine/tunnel')
      ? 'ssh2 is imported under electron/engine/tunnel/ only'
      : undefined,

  'umzug-lives-in-one-file': (file, { name }) =>
    name === 'umzug' && file !== 'electron/engine/migration/run-migrations.ts'
      ? 'umzug is imported by electron/engine/migration/run-migrations.ts only'
      : undefined,

  'bridge-knows-no-feature': (file, { target }) => {
    if (target === null) return
    const isBridge = isIn(file, 'electron/engine/bridge')
    const isAllowed =
      isIn(target, 'contract') || isIn(target, 'electron/engine/bridge') || ENGINE_LEAVES.includes(target)
    if (isBridge && !isAllowed)
      return `bridge/ is given its handlers; it imports contract/, failure-error and log, not ${target}`
    if (!isBridge && !isWiring(file) && isIn(file, 'electron/engine') && isIn(target, 'electron/engine/bridge'))
      return `only files directly under engine/ import bridge/: ${target}`
    return undefined
  },

  'features-lean-one-way': (file, { target }) => {
    if (target === null) return
    if (isIn(file, 'electron/engine')) return leanInEngine(file, target)
    if (isIn(file, 'renderer')) return leanInWindow(file, target)
    return undefined
  },
}

/**
 * True for the files directly under engine/ that put the engine together, as handlers.ts and engine.ts do.
 * @param {string} file
 */
function isWiring(file) {
  return isIn(file, 'electron/engine') && folderIn('electron/engine', file) === null && !ENGINE_LEAVES.includes(file)
}

/**
 * @param {string} file
 * @param {string} target
 */
function leanInEngine(file, target) {
  if (isWiring(file) || isIn(target, 'contract') || ENGINE_LEAVES.includes(target)) return
  if (!isIn(target, 'electron/engine')) return `the engine imports contract/ and itself, not ${target}`
  const own = folderIn('electron/engine', file)
  const other = folderIn('electron/engine', target)
  if (own === 'bridge' || other === 'bridge' || (own !== null && own === other)) return
  if (other === null) return `${own ?? file} may not know ${target}, which sees everything`
  if (own === null) return `${file} is used by every feature and knows none, not ${target}`
  if (own === 'disk' || own === 'parse') return `${own}/ knows nothing above it, not ${target}`
  if (other === 'disk' || other === 'parse') return
  if (own === 'session') return `session/ uses no feature, not ${target}`
  return other === 'session' ? undefined : `${own} and ${other} are siblings: they meet directly under engine/`
}

/**
 * @param {string} file
 * @param {string} target
 */
function leanInWindow(file, target) {
  const own = folderIn('renderer', file)
  const other = folderIn('renderer', target)
  if (own === null || own === other || !isIn(target, 'renderer')) return
  if (own === 'ui') return `ui/ knows no feature and asks for nothing: not ${target}`
  if (other === null || other === 'ui') return
  if (own === 'session') return `session/ uses no feature, not ${target}`
  return other === 'session' ? undefined : `${own} and ${other} are siblings: they meet in app.tsx`
}

/**
 * A feature that reaches another one through a file directly under renderer/ meets it in the wrong place.
 * @param {readonly Module[]} modules
 * @returns {Problem[]}
 */
function detours(modules) {
  const byFile = new Map(modules.map((module) => [module.file, module]))
  /** @type {(file: string, seen: Set<string>) => string | undefined} */
  const featureBehind = (file, seen) => {
    if (seen.has(file)) return
    seen.add(file)
    for (const { target } of byFile.get(file)?.imports ?? []) {
      const folder = target === null || !isIn(target, 'renderer') ? 'ui' : folderIn('renderer', target)
      if (folder !== null && folder !== 'ui' && folder !== 'session') return target ?? undefined
      const further = folder === null && target !== null ? featureBehind(target, seen) : undefined
      if (further !== undefined) return further
    }
    return
  }
  return modules.flatMap(({ file, imports }) => {
    const own = folderIn('renderer', file)
    if (own === null) return []
    return imports.flatMap(({ target, line }) => {
      if (target === null || !isIn(target, 'renderer') || folderIn('renderer', target) !== null) return []
      const feature = featureBehind(target, new Set())
      const message = `${own} reaches ${feature} through ${target}: features meet in app.tsx, which they do not import`
      return feature === undefined ? [] : [{ rule: 'features-lean-one-way', file, line, message }]
    })
  })
}

/**
 * @param {Module} module
 * @returns {Problem[]}
 */
function barrels({ file, defaultExportLine }) {
  const found = []
  if (/(^|\/)index\.[cm]?[jt]sx?$/.test(file))
    found.push({ line: 1, message: 'a file is named after what it exports; index files hide where things are' })
  if (defaultExportLine !== null)
    found.push({ line: defaultExportLine, message: 'default exports lose their name; only tool configs have one' })
  return found.map((problem) => ({ rule: 'no-barrels', file, ...problem }))
}

/**
 * Everything in the modules that breaks a rule about a file or an import.
 * @param {readonly Module[]} modules
 * @returns {Problem[]}
 */
export function findBreaches(modules) {
  const single = modules.flatMap((module) =>
    module.imports.flatMap((one) => {
      const name = packageName(one.specifier)
      return Object.entries(IMPORT_RULES).flatMap(([rule, check]) => {
        const message = check(module.file, { ...one, name })
        return message === undefined ? [] : [{ rule, file: module.file, line: one.line, message }]
      })
    }),
  )
  return [...single, ...detours(modules), ...modules.flatMap(barrels)]
}

/**
 * The package of a specifier, with `node:` for built-in modules; null for a path.
 * @param {string} specifier
 */
export function packageName(specifier) {
  if (/^[./]/.test(specifier)) return null
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`
  const [first = '', second = ''] = specifier.split('/')
  return first.startsWith('@') ? `${first}/${second}` : first
}

/**
 * @param {string} file
 * @param {string} folder
 */
function isIn(file, folder) {
  return file.startsWith(`${folder}/`)
}

/**
 * The folder directly under the base that holds the file; null for a file of the base itself or elsewhere.
 * @param {string} base
 * @param {string} file
 */
function folderIn(base, file) {
  if (!isIn(file, base)) return null
  const [folder, ...rest] = file.slice(base.length + 1).split('/')
  return rest.length === 0 ? null : (folder ?? null)
}
