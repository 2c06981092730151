import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { _electron, type ElectronApplication, expect, type Page } from '@playwright/test'

/** How the app is started; everything may be left out. */
export interface LaunchOptions {
  /** Folder of an earlier launch, to start with what that one left; a fresh one otherwise. */
  readonly userData?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** A packaged app's program; the built sources in Electron otherwise. */
  readonly executablePath?: string
}

/** A running app; whoever launched it must close it. */
export interface LaunchedApp {
  readonly app: ElectronApplication
  /** The first window. */
  readonly page: Page
  readonly userData: string
  /** The main process. */
  readonly pid: number
  /** Quits as a person would; answers when the process is gone. */
  close(): Promise<void>
  /** Ends the main process with SIGKILL, as a crash would; answers when it is gone. */
  kill(): Promise<void>
  /** Fails when the window broke its content security policy, threw, logged an error or crashed. */
  assertNoViolations(): void
  /** Keeps a picture of the window as test-results/screens/<name>.png. */
  screenshot(name: string): Promise<void>
  /** What the processes printed so far. */
  output(): string
}

const SCREENS = join(import.meta.dirname, '../../test-results/screens')
// A display without a graphics card: Chromium's GPU process gives up there, and now and then the start hangs with it.
const NO_GPU = ['--disable-gpu']
const ROOT = join(import.meta.dirname, '../..')

/** Launches the real app and answers when its first window has loaded. */
export async function launchApp(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const userData = options.userData ?? (await mkdtemp(join(tmpdir(), 'strata-test-')))
  const switches: string[] = JSON.parse(process.env.STRATA_TEST_ARGUMENTS ?? '[]')
  const folder = `--user-data-dir=${userData}`
  const target = options.executablePath === undefined ? [ROOT] : []
  const isPackaged = options.executablePath !== undefined
  const start = (): Promise<ElectronApplication> =>
    _electron.launch({
      ...(options.executablePath !== undefined && { executablePath: options.executablePath }),
      args: [...switches, ...NO_GPU, ...target, folder, ...(options.args ?? [])],
      cwd: ROOT,
      env: { ...environment(), ...options.env },
      chromiumSandbox: process.env.STRATA_TEST_SANDBOX === 'true',
      timeout: isPackaged ? 20_000 : 60_000,
    })
  // Playwright makes an app that it starts through Electron wait until it has attached. A packaged one does not wait: where
  // Playwright came too late it says nothing at all, and is started again.
  const tries = isPackaged ? [start, start, start] : [start]
  const app = await firstThatWorks(tries).catch(async (error: unknown) => {
    if (options.userData === undefined) await rm(userData, { recursive: true, force: true })
    throw error
  })
  const process_ = app.process()
  const pid = process_.pid ?? 0
  const printed: string[] = []
  for (const pipe of [process_.stdout, process_.stderr]) pipe?.on('data', (text) => printed.push(String(text)))
  const violations = watch(app)
  const gone = once(process_, 'exit')
  const page = await app.firstWindow().catch((error: Error) => {
    process_.kill('SIGKILL')
    throw new Error(`The app opened no window. ${error.message}\nIt printed:\n${printed.join('').slice(-4000)}`)
  })
  await page.waitForLoadState('domcontentloaded')

  return {
    app,
    page,
    userData,
    pid,
    close: async () => {
      if (process_.exitCode === null && process_.signalCode === null) {
        // A test may leave a transaction open: the app asks about it.
        const dialog = page.getByRole('alertdialog', { name: 'Open transactions' })
        const answered = dialog.getByRole('button', { name: 'Roll back and close' }).click({ timeout: 0 })
        // Not waited for: behind a navigation that was refused, Playwright never says that the page is gone.
        answered.catch(() => {})
        await app.close()
      }
      await gone
    },
    kill: async () => {
      process_.kill('SIGKILL')
      await gone
    },
    assertNoViolations: () => expect(violations).toEqual([]),
    screenshot: async (name) => {
      await mkdir(SCREENS, { recursive: true })
      await page.screenshot({ path: join(SCREENS, `${name}.png`), animations: 'disabled' })
    },
    output: () => printed.join(''),
  }
}

/** Stops a server that a killed app left running in the folder, and removes the folder. */
export async function removeUserData(userData: string): Promise<void> {
  for (const entry of await readdir(userData, { recursive: true, withFileTypes: true }))
    if (entry.name === 'postmaster.pid') await stopServer(join(entry.parentPath, entry.name))
  await rm(userData, { recursive: true, force: true })
}

async function stopServer(pidFile: string): Promise<void> {
  const pid = Number((await readFile(pidFile, 'utf8')).split('\n')[0])
  try {
    // SIGINT asks for a fast shutdown; the server removes its pid file when it is done.
    process.kill(pid, 'SIGINT')
  } catch {
    return
  }
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await wait(50))
    if ((await readFile(pidFile, 'utf8').catch(() => '')) === '') return
  process.kill(pid, 'SIGQUIT')
}

function environment(): Record<string, string> {
  const own = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(own)
}

/** Chromium reports a broken content security policy as an error on the console. */
function watch(app: ElectronApplication): string[] {
  const violations: string[] = []
  const context = app.context()
  context.on('console', (message) => {
    if (message.type() === 'error') violations.push(`console: ${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => violations.push(`thrown: ${error.error().stack ?? error.error().message}`))
  app.on('window', (page) => page.on('crash', () => violations.push('the window crashed')))
  return violations
}

/** The first answer; the last error when there is none. */
async function firstThatWorks<T>(tries: readonly (() => Promise<T>)[]): Promise<T> {
  let last: unknown
  for (const attempt of tries) {
    try {
      return await attempt()
    } catch (error) {
      last = error
    }
  }
  throw last
}
