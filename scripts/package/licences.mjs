import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readModules } from '../imports/read-modules.mjs'
import { packageName } from '../imports/rules.mjs'
import { inRoot, ROOT } from '../prepare/places.mjs'

/** @typedef {Record<string, { dependencies?: Record<string, string>, version?: string }>} Packages */

// Imported by style sheets, which are not read here.
const FONTS = ['@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono']
const TEXT = /^(licen[cs]e|copying|notice|thirdpartynotices)/i

/** Puts the licence texts of everything that a package holds into .cache/licences; fails where one is not to be found. */
export async function gatherLicences() {
  const folder = inRoot('.cache/licences')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await cp(inRoot('build/licences'), folder, { recursive: true })
  const { packages } = JSON.parse(await readFile(inRoot('package-lock.json'), 'utf8'))
  const paths = closure(packages, await importedPackages())
  const texts = await Promise.all(paths.map((path) => textOf(path, packages[path]?.version ?? '')))
  await writeFile(join(folder, 'THIRD-PARTY.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`))
}

async function importedPackages() {
  const modules = await readModules(ROOT)
  const names = modules.flatMap(({ imports }) => imports.map(({ specifier }) => packageName(specifier)))
  const ours = names.filter((name) => name !== null && name !== 'electron' && !name.startsWith('node:'))
  return [...new Set([...FONTS, ...ours])].filter((name) => name !== null)
}

/**
 * Paths in node_modules of the packages and of all they depend on, found as Node finds them.
 * @param {Packages} packages
 * @param {readonly string[]} names
 */
function closure(packages, names) {
  const paths = new Set()
  /** @type {(name: string, from: string) => void} */
  const visit = (name, from) => {
    for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
      const path = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`
      const found = packages[path]
      if (found !== undefined) {
        if (paths.has(path)) return
        paths.add(path)
        for (const dependency of Object.keys(found.dependencies ?? {})) visit(dependency, path)
        return
      }
      if (base === '') return
    }
  }
  for (const name of names) visit(name, '')
  return [...paths].sort()
}

/**
 * @param {string} path
 * @param {string} version
 */
async function textOf(path, version) {
  const folder = inRoot(path)
  const files = existsSync(folder) ? (await readdir(folder)).filter((file) => TEXT.test(file)).sort() : []
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8').catch(() => '')))
  const heading = `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)} ${version}`
  if (texts.join('').trim() !== '') return `${heading}\n\n${texts.join('\n')}`
  // Some packages of a repository name their licence and leave its text to the repository.
  const { license, author } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  if (typeof license !== 'string') throw new Error(`${path} has no licence text and names no licence`)
  return `${heading}\n\nLicence: ${license}${author === undefined ? '' : `\nAuthor: ${author.name ?? author}`}\n`
}
