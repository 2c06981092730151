import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import {
  chooseMigrationFolder,
  confirmPlan,
  confirmRollback,
  expectMigrations,
  pressMigrations,
} from '../support/app-migrations'
import { windowOf, wordsOf } from '../support/app-window'
import { type Cluster, startCluster } from '../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../support/database-on'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'
import { noYoyo, urlOf, yoyoList } from '../support/peer-tools'
import { TUTORIAL, writeYoyoTutorial } from '../support/yoyo-tutorial'

const TITLES = ['db init', 'rename employee table', 'generate sample employee data', 'change departments to FK']
const applied = (count: number) => TITLES.map((title, at) => `${title}, ${at < count ? 'applied' : 'pending'}`)

test.describe("another tool's migration folder", () => {
  test.describe.configure({ mode: 'serial' })
  let cluster: Cluster
  let database: TestDatabase
  let launched: LaunchedApp
  let parent: string
  let folder: string

  test.beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'strata-test-foreign-'))
    folder = join(parent, 'migrations')
    await mkdir(folder)
    await writeYoyoTutorial(folder)
    ;[cluster, launched] = await Promise.all([startCluster(), launchApp()])
    database = await createDatabaseOn(cluster.facts, 'app')
    const { page } = launched
    const { dialog, editor } = windowOf(page)
    await page.getByRole('button', { name: 'New connection' }).click()
    await dialog.getByRole('textbox', { name: 'Connection URL' }).focus()
    await page.keyboard.insertText(`postgres://${urlOf(database)}?sslmode=disable`)
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
    await editor.waitFor({ state: 'attached' })
    await chooseMigrationFolder(launched.app, page, folder)
  })
  test.afterEach(() => launched.assertNoViolations())
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await cluster.stop()
    await rm(parent, { recursive: true, force: true })
  })

  const letters = (count: number) => Object.fromEntries(TUTORIAL.map((name, at) => [name, at < count ? 'A' : 'U']))
  const expectYoyo = async (count: number) => {
    if (noYoyo === null) expect(await yoyoList(database, folder)).toEqual(letters(count))
  }

  test('a folder of yoyo says so, and what that means', async () => {
    const { page, screenshot } = launched
    const { migrations } = windowOf(page)

    await expectMigrations(page, applied(0))
    await migrations.getByText('yoyo folder').click()

    await expect(migrations.getByRole('group')).toContainText(
      'What is applied is recorded in _yoyo_migration, as yoyo does it, so that yoyo agrees.',
    )
    await windowOf(page).migrationItems.first().click()
    await screenshot('foreign-yoyo')
  })

  test('its migrations are applied and rolled back by click, and yoyo list agrees', async () => {
    const { page, screenshot } = launched
    await pressMigrations(page, 'Apply all')
    await confirmPlan(page)
    await expectMigrations(page, applied(4))
    await expectYoyo(4)

    await pressMigrations(page, 'Roll back last')
    await confirmRollback(page)

    await expectMigrations(page, applied(3))
    await expectYoyo(3)
    await screenshot('foreign-yoyo-applied')
  })

  test('what is no literal Python is listed with its reason, and nothing behind it is applied', async () => {
    const { page, screenshot } = launched
    const { migrationItems, migrations } = windowOf(page)
    const file = join(folder, '20250101_01_aaaaa-with-code.py')
    await writeFile(file, 'from yoyo import step\n\n\ndef apply(conn):\n    pass\n\n\nsteps = [step(apply)]\n')
    await expect(migrationItems.last()).toHaveAccessibleName('with code, pending')
    await migrationItems.last().click()
    await expect(migrations.getByText('line 4: "def" is code.')).toBeVisible()

    await pressMigrations(page, 'Apply all')

    await expect(migrations.getByRole('alert')).toContainText('Strata reads literal steps and runs no Python')
    await screenshot('foreign-refused')
    await migrations.getByRole('button', { name: 'Dismiss' }).click()
    await rm(file)
    await expectMigrations(page, applied(3))
  })

  test('a folder of Alembic is shown with its place in the graph, read only', async () => {
    const { page, screenshot, app } = launched
    const { migrations } = windowOf(page)
    const versions = join(parent, 'versions')
    await mkdir(versions)
    const revision = (id: string, down: string, title: string) =>
      writeFile(join(versions, `${id}_x.py`), `"""${title}\n"""\nrevision = '${id}'\ndown_revision = ${down}\n`)
    await revision('804682fdc9c4', 'None', 'initial migration')
    await revision('9a1b2c3d4e5f', "'804682fdc9c4'", 'add phone number')
    await database.query(
      "create table alembic_version (version_num varchar(32) primary key); insert into alembic_version values ('804682fdc9c4'); grant select on alembic_version to app",
    )

    await chooseMigrationFolder(app, page, versions)

    await expectMigrations(page, ['initial migration, applied', 'add phone number, pending'])
    await expect(migrations.getByText('Alembic folder')).toBeVisible()
    await expect(migrations.getByText('The database is at 804682fdc9c4. The head is 9a1b2c3d4e5f.')).toBeVisible()
    await screenshot('foreign-alembic')
    await expect(migrations.getByRole('button', { name: 'Apply all' })).toHaveAttribute('aria-disabled', 'true')
    await expect(migrations.getByRole('button', { name: 'New migration' })).toHaveAttribute('aria-disabled', 'true')
    await page.keyboard.press('ControlOrMeta+Shift+P')
    await page.getByRole('dialog', { name: 'Commands' }).getByRole('combobox').fill('Apply all migrations')
    await expect(page.getByRole('option', { name: 'Apply all migrations' })).toHaveAttribute('aria-disabled', 'true')
    await page.keyboard.press('Escape')
  })

  test('Convert to native shows its plan, writes the pairs and takes the history over', async () => {
    const { page, screenshot, app } = launched
    const { migrations, dialog } = windowOf(page)
    await chooseMigrationFolder(app, page, folder)
    await expectMigrations(page, applied(3))

    await migrations.getByRole('button', { name: /^Migration folder/ }).click()
    await page.getByRole('menuitem', { name: 'Convert to native' }).click()
    const words = await wordsOf(dialog)
    await screenshot('foreign-convert')
    await dialog.getByRole('button', { name: 'Convert', exact: true }).click()
    await expect(dialog).toHaveCount(0)

    expect(words).toContain('4 migrations of yoyo become pairs of .up.sql and .down.sql files')
    expect(words).toContain('The 3 that are applied in')
    await expect(
      migrations.getByRole('button', { name: `Migration folder ${join(parent, 'migrations-native')}` }),
    ).toBeVisible()
    await expectMigrations(page, applied(3))
    await expect(migrations.getByText('yoyo folder')).toHaveCount(0)
    await pressMigrations(page, 'Apply all')
    await confirmPlan(page)
    await expectMigrations(page, applied(4))
    await expectYoyo(3)
    expect((await readdir(join(parent, 'migrations-native'))).length).toBe(8)
    await screenshot('foreign-converted')
  })
})
