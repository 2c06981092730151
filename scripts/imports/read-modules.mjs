import { existsSync, statSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, posix, relative } from 'node:path'
import { parseSync } from 'vite'

/**
 * One import, export-from, dynamic import or `import('...')` type. `target` is the imported file as a path from the root;
 * null for a package (then `specifier` names it) and for a relative path that leads nowhere.
 * @typedef {{ specifier: string, line: number, target: string | null }} Import
 * A source file. `defaultExportLine` is null when it has no default export.
 * @typedef {{ file: string, imports: Import[], defaultExportLine: number | null }} Module
 */

/** Folders with the sources that the rules are about. */
const SOURCE_FOLDERS = ['contract', 'electron', 'renderer']

const SCRIPT = /\.[cm]?[jt]sx?$/

/**
 * Every source file below the folders of the root, with what it imports; paths have slashes on every platform.
 * @param {string} root
 * @param {readonly string[]} [folders]
 * @returns {Promise<Module[]>}
 */
export async function readModules(root, folders = SOURCE_FOLDERS) {
  const present = folders.filter((folder) => existsSync(join(root, folder)))
  const files = (await Promise.all(present.map((folder) => scriptsIn(root, folder)))).flat().sort()
  return await Promise.all(files.map(async (file) => readModule(root, file, await readFile(join(root, file), 'utf8'))))
}

/**
 * @param {string} root
 * @param {string} folder
 */
async function scriptsIn(root, folder) {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && SCRIPT.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
}

/**
 * @param {string} root
 * @param {string} file
 * @param {string} text
 * @returns {Module}
 */
function readModule(root, file, text) {
  const { module, program, errors } = parseSync(file, text)
  const [error] = errors
  if (error !== undefined) throw new Error(`${file} cannot be parsed: ${error.message}`)
  const lineAt = (/** @type {number} */ offset) => text.slice(0, offset).split('\n').length
  /** @type {{ specifier: string, offset: number }[]} */
  const found = [
    ...module.staticImports.map(({ moduleRequest: { value, start } }) => ({ specifier: value, offset: start })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) =>
        moduleRequest === null ? [] : [{ specifier: moduleRequest.value, offset: moduleRequest.start }],
      ),
    ),
    ...callsAndTypes(program),
  ]
  const unique = new Map(found.map((one) => [`${one.specifier}\n${one.offset}`, one]))
  const defaultExport = module.staticExports
    .flatMap(({ entries }) => entries)
    .find(({ exportName: { kind, name } }) => kind === 'Default' || name === 'default')
  return {
    file,
    imports: [...unique.values()].map(({ specifier, offset }) => ({
      specifier,
      line: lineAt(offset),
      target: resolve(root, file, specifier),
    })),
    defaultExportLine: defaultExport === undefined ? null : lineAt(defaultExport.start),
  }
}

/**
 * `import('x')` as an expression and as a type, `import x = require('x')` and `require('x')`.
 * @param {unknown} node
 * @returns {{ specifier: string, offset: number }[]}
 */
function callsAndTypes(node) {
  if (Array.isArray(node)) return node.flatMap(callsAndTypes)
  if (typeof node !== 'object' || node === null) return []
  const { type, source, argument, expression, callee, arguments: args } = /** @type {Record<string, any>} */ (node)
  const named =
    type === 'ImportExpression' || type === 'TSImportType'
      ? (source ?? argument)
      : type === 'TSExternalModuleReference'
        ? expression
        : type === 'CallExpression' && callee.type === 'Identifier' && callee.name === 'require'
          ? args[0]
          : undefined
  const literal = named?.type === 'TSLiteralType' ? named.literal : named
  const own = typeof literal?.value === 'string' ? [{ specifier: literal.value, offset: literal.start }] : []
  return [...own, ...Object.values(node).flatMap(callsAndTypes)]
}

/**
 * @param {string} root
 * @param {string} file
 * @param {string} specifier
 */
function resolve(root, file, specifier) {
  const path = specifier.replace(/[?#].*$/, '')
  if (!/^\.{0,2}\//.test(path) && path !== '.' && path !== '..') return null
  const base = path.startsWith('/') ? path.slice(1) : posix.join(dirname(file).replaceAll('\\', '/'), path)
  const typed = base.replace(/\.([cm]?)js(x?)$/, '.$1ts$2')
  const endings = ['.ts', '.tsx', '.mts', '.cts', '.d.ts', '.js', '.mjs', '/index.ts', '/index.tsx', '/index.js']
  const candidates = [base, typed, ...endings.map((ending) => base + ending)]
  return candidates.find((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile()) ?? null
}
