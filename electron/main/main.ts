import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, BrowserWindow } from 'electron'
import { PAGE_URL, registerAppScheme, serveApp } from './app-protocol'
import { CloseGuard } from './close-guard'
import { EngineProcess } from './engine-process'
import { hostKeyAsker } from './host-key-dialog'
import { setMenu } from './menu'
import { repairPermissions } from './repair-permissions'
import { systemKeyring } from './secrets/keyring'
import { createKeyringShelf } from './secrets/keyring-shelf'
import { createMemoryShelf } from './secrets/memory-shelf'
import { SecretStore } from './secrets/secret-store'
import { Vault } from './secrets/vault'
import { Settings } from './settings'
import { announce, serveShell } from './shell-door'
import { createShellHandlers } from './shell-handlers'
import { createUiSession, lockDown, openWindow } from './window'

// Nothing of libpq's environment may reach a connection (LAB 9).
for (const name of Object.keys(process.env)) if (name.startsWith('PG')) delete process.env[name]

const devUrl = app.isPackaged ? null : (process.env.ELECTRON_RENDERER_URL ?? null)
const devOrigin = devUrl === null ? null : new URL(devUrl).origin

app.setName('Strata')
// Root has no sandbox to enable: whoever starts it as root says so with the switch, the app itself never does.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
registerAppScheme()
lockDown()

// Two apps on one user-data folder would write over each other's drafts.
if (!app.requestSingleInstanceLock()) app.quit()
else void app.whenReady().then(run) // a top-level await would deadlock: Electron waits for this module

function run(): void {
  const userData = app.getPath('userData')
  mkdirSync(userData, { recursive: true, mode: 0o700 })
  setMenu()
  const ui = createUiSession(devOrigin)
  if (devUrl === null) serveApp(ui, join(import.meta.dirname, '../renderer'))
  const settings = new Settings(join(userData, 'settings.json'))
  const notices: string[] = []
  const note = (line: string) => {
    if (!notices.includes(line)) notices.push(line)
  }
  const repaired = repairPermissions(userData)
  if (repaired > 0) note(`Other users could reach files of Strata in ${userData} (${repaired}): that was repaired.`)
  const keyring = systemKeyring()
  const vault = new Vault({ file: join(userData, 'vault.json'), note })
  const secrets = new SecretStore({
    memory: createMemoryShelf(),
    keyring: createKeyringShelf({ file: join(userData, 'secrets.json'), keyring, note }),
    vault,
  })
  const engine = new EngineProcess({
    secrets,
    askHostKey: hostKeyAsker({
      windowOf: () => BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0] ?? null,
      waiting: (server) => {
        for (const window of BrowserWindow.getAllWindows()) announce(window, 'hostKey.waiting', { server })
      },
    }),
    restarted: (reason) => {
      for (const window of BrowserWindow.getAllWindows()) announce(window, 'engine.restarted', { reason })
    },
  })
  const guards = new Map<BrowserWindow, CloseGuard>()
  serveShell(
    (event) => BrowserWindow.fromWebContents(event.sender),
    createShellHandlers({
      engine,
      secrets,
      keyring,
      vault,
      notices,
      settings,
      guardOf: (window) => guards.get(window),
    }),
    devOrigin,
  )
  const open = () => {
    const window = openWindow(ui, devUrl)
    guards.set(window, new CloseGuard(window, () => announce(window, 'window.closing', {})))
    window.once('closed', () => guards.delete(window))
    window.webContents.on('render-process-gone', () => {
      if (!window.isDestroyed()) void window.loadURL(devUrl ?? PAGE_URL)
    })
    return window
  }
  let window = open()
  app.on('second-instance', () => {
    if (window.isDestroyed()) window = open()
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) window = open()
  })
  quitInOrder(engine, guards)
}

/** The app ends only after its guarded windows have asked, and the engine has ended its sessions and the local server. */
function quitInOrder(engine: EngineProcess, guards: ReadonlyMap<BrowserWindow, CloseGuard>): void {
  let isStopped = false
  let isQuitting = false
  app.on('before-quit', (event) => {
    if (isStopped) return
    event.preventDefault()
    const asking = [...guards].filter(([, guard]) => guard.holds)
    isQuitting = asking.length > 0
    if (isQuitting) {
      // Those that close bring the quitting on; one whose user stays ends it.
      for (const [window] of asking) window.close()
      return
    }
    void engine.stop().finally(() => {
      isStopped = true
      app.quit()
    })
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin' || isQuitting) app.quit()
  })
  // Ctrl+C reaches the engine as well, which ignores it: this process decides.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Nobody is there to ask.
      for (const guard of guards.values()) guard.release()
      app.quit()
    })
  }
}
