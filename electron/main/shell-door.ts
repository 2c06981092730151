import { type BrowserWindow, type IpcMainInvokeEvent, ipcMain } from 'electron'
import { type ShellContract, type ShellEventName, type ShellHandlers, shellContract } from '../../contract/contract'
import type { EventValueOf } from '../../contract/define'
import type { Reply } from '../../contract/failure'
import { PAGE_URL } from './app-protocol'

/** What a handler of the shell knows besides its input. */
export interface ShellCaller {
  readonly window: BrowserWindow
}

type AnyHandler = (input: unknown, caller: ShellCaller) => unknown

/** Makes the handlers for one caller, so that each answers to the window that asked. */
export type ShellHandlerFactory = (caller: ShellCaller) => ShellHandlers

/** The one door of the shell: a single channel, only for the top frame of our own windows, every input parsed strictly. */
export function serveShell(
  windowOf: (event: IpcMainInvokeEvent) => BrowserWindow | null,
  handlersFor: ShellHandlerFactory,
  devOrigin: string | null,
): void {
  ipcMain.handle('shell', async (event, message: unknown): Promise<Reply<unknown>> => {
    const frame = event.senderFrame
    const window = windowOf(event)
    if (frame === null || frame.parent !== null || window === null || !isOurs(frame.url, devOrigin)) {
      return refuse('', 'This page may not ask.')
    }
    const { name, input } = typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : {}
    const entry =
      typeof name === 'string' && Object.hasOwn(shellContract, name) ? shellContract[name as keyof ShellContract] : null
    if (entry?.shape !== 'request') return refuse('name', 'There is no such entry.')
    if (sizeOf(input) > 2 * entry.maxUnits) return refuse('', 'The input is too large.')
    const parsed = entry.input.safeParse(input)
    if (!parsed.success) return refuse(parsed.error.issues[0]?.path.join('.') ?? '', 'The input is malformed.')
    try {
      const handler = handlersFor({ window })[name as keyof ShellHandlers] as AnyHandler
      return { ok: true, value: await handler(parsed.data, { window }) }
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      return {
        ok: false,
        failure: { kind: 'defect', message: `The request "${name}" failed: ${said}`, reference: 'shell' },
      }
    }
  })
}

/** Announces a fact of the shell to a window. */
export function announce<N extends ShellEventName>(
  window: BrowserWindow,
  name: N,
  value: EventValueOf<ShellContract, N>,
): void {
  if (!window.isDestroyed()) window.webContents.send('shell-event', { name, value })
}

/** Whether a frame's address is our page and nothing else. */
export function isOurs(url: string, devOrigin: string | null): boolean {
  return url === PAGE_URL || (devOrigin !== null && url.startsWith(`${devOrigin}/`))
}

/** Units of the input as JSON; infinitely many for what JSON cannot hold, such as a circle or a bigint. */
function sizeOf(input: unknown): number {
  try {
    return JSON.stringify(input ?? null)?.length ?? Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

function refuse(path: string, message: string): Reply<unknown> {
  return { ok: false, failure: { kind: 'refused', issues: [{ path, message }] } }
}
