import { rmSync } from 'node:fs'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { openUnseenDisplay } from '../prepare/display.mjs'
import { inRoot } from '../prepare/places.mjs'
import { atEnd } from '../prepare/processes.mjs'
import { canSandbox } from '../prepare/sandbox.mjs'
import { say } from '../prepare/say.mjs'
import { prepare } from '../prepare.mjs'

/**
 * Drives the app through its main job in a fresh user-data folder, telling what each step showed and keeping a picture of
 * it; answers with the exit code, 0 only when every step did what it says.
 * @returns {Promise<number>}
 */
export async function demonstrate() {
  const runtime = await prepare('unseen app')
  const pictures = inRoot('test-results', 'demo', new Date().toISOString().replace(/[:.]/g, '-'))
  await mkdir(pictures, { recursive: true })
  say(`pictures are kept in ${pictures}`)
  const display = await openUnseenDisplay()
  if (display.isSeen) say('this system has no unseen display: the demo opens a window, please leave it alone')
  const userData = await mkdtemp(join(tmpdir(), 'strata-demo-'))
  // Not among the things to end: at Ctrl+C Playwright closes the app and then ends the process by itself.
  process.on('exit', () => rmSync(userData, { recursive: true, force: true }))

  const app = await launch(runtime, display, userData)
  const quit = atEnd(() => app.close())
  const isDone = await showSteps(app, pictures)
  await quit()
  await display.close()
  say(
    isDone
      ? `every step did what it says; pictures are in ${pictures}`
      : `the demo failed; pictures are in ${pictures}`,
  )
  return isDone ? 0 : 1
}

/**
 * @param {import('../prepare/electron.mjs').Runtime} runtime
 * @param {import('../prepare/display.mjs').Display} display
 * @param {string} userData
 */
async function launch(runtime, display, userData) {
  const { _electron } = await import('@playwright/test')
  // By this Playwright finds Electron itself, and makes it wait until it has attached; a program that it is given by path may be
  // ahead of it, and then nothing is ever heard of the window.
  process.env.ELECTRON_OVERRIDE_DIST_PATH = runtime.folder
  const environment = Object.entries({ ...process.env, ...display.environment })
  return await _electron.launch({
    args: [...display.args, inRoot(), `--user-data-dir=${userData}`],
    env: Object.fromEntries(environment.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    chromiumSandbox: await canSandbox(runtime),
    timeout: 60_000,
  })
}

/**
 * @param {import('@playwright/test').ElectronApplication} app
 * @param {string} pictures
 */
async function showSteps(app, pictures) {
  const { STEPS } = await import('./steps.mjs')
  const page = await app.firstWindow()
  for (const [index, { claim, picture, show }] of STEPS.entries()) {
    const startedAt = performance.now()
    const file = join(pictures, `${index + 1}-${picture}.png`)
    /** @type {string[] | Error} */
    const seen = await show(page).catch((error) => error)
    await page.screenshot({ path: file }).catch(() => {})
    const isRight = Array.isArray(seen)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`\n${index + 1}. ${claim}${isRight ? '' : ': FAILED'} (${seconds} s)`)
    for (const line of isRight ? seen : await explain(page, seen)) console.log(`   ${line}`)
    if (!isRight) return false
  }
  console.log()
  return true
}

/**
 * What a person would need to know of a failed step: what was waited for, and what the window says.
 * @param {import('@playwright/test').Page} page
 * @param {Error} error
 */
async function explain(page, error) {
  const alerts = await page
    .getByRole('alert')
    .filter({ hasText: /\S/ })
    .allInnerTexts()
    .catch(() => [])
  const tree = await page
    .locator('body')
    .ariaSnapshot()
    .catch(() => 'nothing: the window is gone')
  const shown = [...alerts.map((alert) => `the window says: ${alert}`), 'the window shows:', tree]
  return [stripVTControlCharacters(error.message), ...shown].flatMap((text) => text.split('\n'))
}
