import { ensureBuild } from './prepare/build.mjs'
import { electronEnvironment, ensureElectron } from './prepare/electron.mjs'
import { linkEmbeddedPostgres } from './prepare/embedded-postgres.mjs'
import { withLock } from './prepare/lock.mjs'
import { ensurePackages } from './prepare/packages.mjs'
import { inRoot } from './prepare/places.mjs'
import { SetupProblem } from './prepare/say.mjs'
import { ensureSystemLibraries } from './prepare/system-libraries.mjs'

/**
 * What a command needs: `packages` for checks and tests of the engine, `runtime` to pack Electron, `app` to run what is
 * built in a window, `unseen app` to run it where nobody sees it, `window` to run Electron before anything is built.
 * @typedef {'packages' | 'runtime' | 'window' | 'app' | 'unseen app'} Need
 */

/**
 * Makes this checkout ready for the need, doing only what is missing or stale and saying so. Answers with the Electron to
 * use, and sets the environment by which other tools find it; null when none is needed. Two at once wait for each other.
 * @template {Need} N
 * @param {N} need
 * @returns {Promise<N extends 'packages' ? null : import('./prepare/electron.mjs').Runtime>}
 */
export async function prepare(need) {
  checkNode()
  const runtime = await withLock(inRoot('.cache', 'prepare.lock'), async () => {
    await ensurePackages()
    await linkEmbeddedPostgres()
    if (need === 'packages') return null
    const runtime = await ensureElectron()
    if (need !== 'runtime') await ensureSystemLibraries(runtime, { isUnseen: need === 'unseen app' })
    if (need !== 'window') await ensureBuild(electronEnvironment(runtime))
    return runtime
  })
  if (runtime !== null) Object.assign(process.env, electronEnvironment(runtime))
  return /** @type {never} */ (runtime)
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new SetupProblem(
    `Node 20.19 or newer is needed; this is ${process.versions.node}. nodejs.org has the current one.`,
  )
}
