import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { guard } from './processes.mjs'
import { hasXvfb } from './system-libraries.mjs'

/**
 * Where a window can open without being seen: what to add to the app's environment (undefined takes away) and arguments.
 * `isSeen` where the system has no such thing, as on macOS and Windows.
 * @typedef {{ environment: Record<string, string | undefined>, args: string[], isSeen: boolean, close(): Promise<void> }} Display
 */

/** True when a window opened now would be seen by someone. */
export function hasScreen() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

/**
 * Opens a display that nobody sees, also where there is a screen: an X server of our own where Xvfb is installed, else
 * Electron's own headless mode.
 * @returns {Promise<Display>}
 */
export async function openUnseenDisplay() {
  const nothing = async () => {}
  if (process.platform !== 'linux') return { environment: {}, args: [], isSeen: true, close: nothing }
  return (
    (hasXvfb() ? await startXvfb() : undefined) ?? {
      environment: {},
      args: ['--ozone-platform=headless'],
      isSeen: false,
      close: nothing,
    }
  )
}

/** @returns {Promise<Display | undefined>} */
async function startXvfb() {
  const args = ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp']
  const xvfb = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const close = guard(xvfb)
  const pipe = /** @type {import('node:stream').Readable} */ (xvfb.stdio[3])
  const [number] = await Promise.race([once(pipe, 'data'), once(xvfb, 'close').then(() => [undefined])])
  if (number === undefined) return undefined
  // Electron prefers Wayland where the session offers it.
  const environment = { DISPLAY: `:${String(number).trim()}`, WAYLAND_DISPLAY: undefined, XDG_SESSION_TYPE: undefined }
  return { environment, args: ['--ozone-platform=x11'], isSeen: false, close }
}
