import { existsSync } from 'node:fs'
import { capture } from './processes.mjs'
import { SetupProblem, say } from './say.mjs'

// What Electron is linked against and a Debian or Ubuntu server lacks; the rest comes along as dependencies.
const LIBRARIES = ['libgtk-3-0', 'libnss3', 'libgbm1', 'libasound2']
const APT = '/usr/bin/apt-get'

/** True when Xvfb is installed: a display of our own, which nobody sees. */
export const hasXvfb = () => existsSync('/usr/bin/Xvfb')

/**
 * Makes sure that Electron finds its system libraries, and tests and demo an unseen display. As root on Debian or Ubuntu
 * it installs what is missing; anyone else is given the exact command.
 * @param {import('./electron.mjs').Runtime} runtime
 * @param {{ isUnseen: boolean }} options
 */
export async function ensureSystemLibraries({ executable }, { isUnseen }) {
  if (process.platform !== 'linux') return
  const missing = await missingLibraries(executable)
  const lacksDisplay = isUnseen && !hasXvfb()
  if (missing.length === 0 && !lacksDisplay) return
  const names = [...missing, ...(lacksDisplay ? ['Xvfb'] : [])].join(', ')
  const canInstall = process.getuid?.() === 0 && existsSync(APT)
  if (canInstall) {
    say(
      `installing system libraries with apt-get: ${names} ${missing.length + Number(lacksDisplay) > 1 ? 'are' : 'is'} missing`,
    )
    await install([...(missing.length > 0 ? LIBRARIES : []), ...(lacksDisplay ? ['xvfb'] : [])])
    const left = await missingLibraries(executable)
    if (left.length > 0) throw new SetupProblem(`Electron still lacks these system libraries: ${left.join(', ')}`)
    return
  }
  if (missing.length === 0) {
    say("Xvfb is not installed: using Electron's own headless mode")
    return
  }
  const packages = [...(await aptNames(LIBRARIES)), ...(lacksDisplay ? ['xvfb'] : [])].join(' ')
  throw new SetupProblem(
    existsSync(APT)
      ? `Electron lacks these system libraries: ${names}. Install them, then try again:\n\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages}\n`
      : `Electron lacks these system libraries: ${names}.\nOn Debian they are in ${packages}; install what holds them on this system, then try again.`,
  )
}

/**
 * Names of the shared libraries that the program needs and the system does not have.
 * @param {string} executable
 */
async function missingLibraries(executable) {
  const { stdout } = await capture(['ldd', executable])
  return [...new Set([...stdout.matchAll(/^\s*(\S+) => not found$/gm)].flatMap(([, name]) => name ?? []))]
}

/** @param {readonly string[]} packages */
async function install(packages) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const wait = /** @type {const} */ (['-o', 'DPkg::Lock::Timeout=300'])
  const update = await capture([APT, ...wait, 'update', '-qq'], { env })
  const names = await aptNames(packages)
  const done = await capture([APT, ...wait, 'install', '-y', '-qq', '--no-install-recommends', ...names], { env })
  if (done.code !== 0)
    throw new SetupProblem(`apt-get could not install ${names.join(' ')}:\n${update.stderr}${done.stderr}`)
}

/**
 * Debian 13 and Ubuntu 24.04 renamed libraries when they moved to 64-bit times.
 * @param {readonly string[]} packages
 */
async function aptNames(packages) {
  return await Promise.all(
    packages.map(async (name) =>
      (await capture(['apt-cache', 'show', `${name}t64`])).code === 0 ? `${name}t64` : name,
    ),
  )
}
