import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { expect, test } from '@playwright/test'
import { launchApp, removeUserData } from '../support/launch-app'

const ROOT = join(import.meta.dirname, '../..')
const PROGRAMS = [
  'linux-unpacked/strata',
  'linux-arm64-unpacked/strata',
  'mac/Strata.app/Contents/MacOS/Strata',
  'mac-arm64/Strata.app/Contents/MacOS/Strata',
  'win-unpacked/Strata.exe',
]

const packed = new Map<string, Promise<string>>()

/** Packs the app, once for all tests of an output, and answers with its program. */
function packApp(output: string, ...args: string[]): Promise<string> {
  const known = packed.get(output) ?? pack(output, ...args)
  packed.set(output, known)
  return known
}

async function pack(output: string, ...args: string[]): Promise<string> {
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/package.mjs'), ...args], { cwd: ROOT })
  const program = PROGRAMS.map((path) => join(ROOT, output, path)).find((path) => existsSync(path))
  if (program === undefined) throw new Error(`nothing was packed into ${output}`)
  return program
}

/** The fuses that are on. */
async function fusesOf(program: string): Promise<string[]> {
  const wire = await getCurrentFuseWire(program)
  const fuses = Object.entries(FuseV1Options).filter(([, index]) => typeof index === 'number')
  const isOn = (index: string | FuseV1Options) => String.fromCharCode(Number(wire[index as FuseV1Options])) === '1'
  return fuses.flatMap(([name, index]) => (isOn(index) ? [name] : [])).sort()
}

test.describe('the packaged app', () => {
  test.setTimeout(240_000)

  // Point 19 of Electron's security checklist; the others are in electron-checklist.test.ts.
  test('19. has only the fuses it needs', async () => {
    const program = await packApp('dist', 'dir')

    const fuses = await fusesOf(program)

    expect(fuses).toEqual(['EnableCookieEncryption', 'EnableEmbeddedAsarIntegrityValidation', 'OnlyLoadAppFromAsar'])
  })

  test('brings the command line along, for any Node', async () => {
    const program = await packApp('dist', 'dir')
    const resources = [join(dirname(program), 'resources'), join(dirname(program), '../Resources')].find(existsSync)

    const { stdout } = await promisify(execFile)(
      'node',
      [join(resources ?? '', 'cli/strata.mjs'), 'migrate', '--help'],
      {
        cwd: tmpdir(),
      },
    )

    expect(stdout).toContain('strata migrate apply')
  })

  test('starts the local database, answers a query and reads PostgreSQL’s grammar', async () => {
    const executablePath = await packApp('dist/e2e', '--e2e')
    const { page, userData, close, assertNoViolations, screenshot } = await launchApp({ executablePath })

    await page.getByRole('button', { name: 'Start local database' }).click()
    await page.getByRole('textbox', { name: 'SQL editor' }).focus()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.insertText(
      "select 6 * 7 as answer, current_setting('server_version_num')::int / 10000 as major",
    )
    await page.getByRole('button', { name: 'Run', exact: true }).click()

    const cells = page.getByRole('grid', { name: 'Result 1' }).getByRole('gridcell')
    await expect(cells.filter({ hasText: /^42$/ })).toBeVisible()
    await expect(cells.filter({ hasText: /^18$/ })).toBeVisible()
    await screenshot('packaged')
    // PostgreSQL's grammar is WebAssembly, which must be found in the package.
    await page.getByRole('textbox', { name: 'SQL editor' }).focus()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.insertText('create table packed (i int)')
    await page.keyboard.press('ControlOrMeta+Shift+M')
    await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('Proven')
    await expect(page.getByRole('textbox', { name: 'Down' })).toHaveValue('drop table packed;\n')
    await page.keyboard.press('Escape')
    assertNoViolations()
    await close()
    await removeUserData(userData)
  })
})
