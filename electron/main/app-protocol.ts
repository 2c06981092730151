import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { protocol, type Session } from 'electron'

/** Where the window's page lives. */
export const PAGE_URL = 'app://ui/index.html'

// Names of the Trusted Types policies that Monaco 0.57 creates; a test compares them with the built bundle. `app-workers` is ours.
const TRUSTED_TYPES = [
  'app-workers',
  'defaultWorkerFactory',
  'diffEditorWidget',
  'diffReview',
  'domLineBreaksComputer',
  'dompurify',
  'editorGhostText',
  'editorViewLayer',
  'richScreenReaderContent',
  'standaloneColorizer',
  'stickyScrollViewLayer',
  'tokenizeToString',
]

// style-src 'unsafe-inline' is what Monaco needs to lay out; with no other source it lets no data out.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-src 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  `trusted-types ${TRUSTED_TYPES.join(' ')}`,
].join('; ')

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), usb=(), serial=(), hid=()',
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

/** Declares the `app` scheme; must be called before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Serves the built page under `app://ui/`: only files that were there at start, looked up by name, GET only. */
export function serveApp(session: Session, folder: string): void {
  const files = new Map<string, string>()
  collect(folder, '', files)
  session.protocol.handle('app', (request) => {
    const url = new URL(request.url)
    const file = request.method === 'GET' && url.host === 'ui' ? files.get(url.pathname) : undefined
    if (file === undefined) return new Response('not found', { status: 404, headers: HEADERS })
    const type = TYPES[extname(file)] ?? 'application/octet-stream'
    return new Response(new Uint8Array(readFileSync(file)), { headers: { ...HEADERS, 'content-type': type } })
  })
}

// Not `readdirSync(…, { recursive: true })`: inside an asar archive that option is not served by every Electron.
function collect(folder: string, prefix: string, files: Map<string, string>): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    const name = `${prefix}/${entry.name}`
    if (entry.isDirectory()) collect(path, name, files)
    else files.set(name, path)
  }
}
