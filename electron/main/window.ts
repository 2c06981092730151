import { join } from 'node:path'
import { app, BrowserWindow, type Session, session, type WebContents } from 'electron'
import { PAGE_URL } from './app-protocol'

/** The session of the window: in memory, without cache, cookies, permissions, downloads or any request but to our page. */
export function createUiSession(devOrigin: string | null): Session {
  const ui = session.fromPartition('ui', { cache: false })
  ui.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  ui.setPermissionCheckHandler(() => false)
  ui.setDevicePermissionHandler(() => false)
  ui.on('will-download', (event) => event.preventDefault())
  ui.webRequest.onBeforeRequest((details, answer) => {
    const isOurs = details.url.startsWith('app://ui/') || details.url.startsWith('devtools://')
    const isDev = devOrigin !== null && details.url.replace(/^ws/, 'http').startsWith(devOrigin)
    answer({ cancel: !isOurs && !isDev })
  })
  void ui.setProxy({ mode: 'direct' })
  ui.setCertificateVerifyProc((_request, answer) => answer(-2))
  return ui
}

/** Refuses navigation, new windows, web views, certificates and logins everywhere. */
export function lockDown(): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-frame-navigate', (event) => event.preventDefault())
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault()
    answer(false)
  })
  app.on('login', (event) => event.preventDefault())
  app.on('select-client-certificate', (event, _contents, _url, _list, answer) => {
    event.preventDefault()
    answer()
  })
}

let pagesBegun = 0

/** Whether no page was loaded before the present one since the app was started. */
export function isFirstPage(): boolean {
  return pagesBegun <= 1
}

/** Opens the window; it shows itself when its first frame is ready. */
export function openWindow(ui: Session, devUrl: string | null): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 900,
    minHeight: 560,
    show: false,
    backgroundColor: '#1a1b1e',
    title: 'Strata',
    ...(process.platform === 'darwin'
      ? { titleBarStyle: 'hiddenInset' as const, trafficLightPosition: { x: 12, y: 13 } }
      : { frame: false }),
    webPreferences: {
      session: ui,
      preload: join(import.meta.dirname, '../preload/preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      plugins: false,
      safeDialogs: true,
      disableDialogs: true,
      devTools: !app.isPackaged,
    },
  })
  window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) pagesBegun += 1
  })
  window.once('ready-to-show', () => window.show())
  void window.loadURL(devUrl ?? PAGE_URL)
  return window
}
