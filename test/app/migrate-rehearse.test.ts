import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import {
  chooseMigrationFolder,
  confirmPlan,
  copyMigrations,
  expectMigrations,
  type MigrationCopy,
  pressAtMigration,
  pressMigrations,
} from '../support/app-migrations'
import { ask, run, writeSql } from '../support/app-query'
import { windowOf, wordsOf } from '../support/app-window'
import { sharedApp } from '../support/shared-app'

const TITLES = ['Create employee', 'Rename employee to employees', 'Sample employees', 'Departments as a foreign key']
const SCHEMA =
  "select string_agg(relname || ' ' || attname || ' ' || atttypid::regtype, ',' order by 1) from pg_attribute join pg_class on pg_class.oid = attrelid where relnamespace = 'public'::regnamespace and attnum > 0"

const WIDEN = {
  up: '-- title: Widen the id\nALTER TABLE employees ALTER COLUMN id TYPE bigint;\n',
  down: 'SELECT 1; -- the values fit\n',
}

test.describe('rehearsing', () => {
  const shared = sharedApp()
  let copy: MigrationCopy

  test.beforeAll(async () => {
    copy = await copyMigrations()
    await chooseMigrationFolder(shared.app, shared.page, copy.folder)
    await pressMigrations(shared.page, 'Apply all')
    await confirmPlan(shared.page)
    await expectMigrations(
      shared.page,
      TITLES.map((title) => `${title}, applied`),
    )
  })
  test.afterAll(() => copy.remove())

  const effect = () => windowOf(shared.page).migrations.getByRole('tabpanel', { name: 'Effect' })
  const verdict = () => effect().getByRole('region', { name: 'Verdict on the rollback' })
  const start = async (place?: string) => {
    const { dialog } = windowOf(shared.page)
    if (place !== undefined) await dialog.getByText(place).click()
    await dialog.getByRole('button', { name: 'Rehearse' }).click()
  }

  test('shows before a type change is applied what it locks and rewrites and that its rollback leaves it', async () => {
    const { page, screenshot } = shared
    await copy.write('20240605090000_widen_id', WIDEN)
    await expectMigrations(page, [...TITLES.map((title) => `${title}, applied`), 'Widen the id, pending'])
    const before = [await ask(page, SCHEMA), await ask(page, 'select count(*) from strata.log')]

    await pressAtMigration(page, 'Widen the id', 'Rehearse')
    const warning = await wordsOf(windowOf(page).dialog)
    await screenshot('migrate-rehearse-ask')
    await start()

    await expect(verdict()).toHaveText(
      'Rolling back does not restore the schema: column employees.id stays bigint, was integer.',
    )
    await screenshot('migrate-rehearse-effect')
    await page.emulateMedia({ colorScheme: 'dark' })
    await screenshot('migrate-rehearse-effect-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    expect(warning).toContain('Its locks are real while it runs')
    const statement = effect()
      .getByRole('list', { name: 'Statements of 20240605090000_widen_id.up.sql' })
      .getByRole('listitem')
    await expect(statement).toHaveAttribute(
      'aria-label',
      /ACCESS EXCLUSIVE lock on employees, rewrites employees, scans \d+ rows$/,
    )
    await expect(effect().getByRole('region', { name: 'Schema changes' })).toContainText(
      'column employees.id: bigint, was integer',
    )
    expect([await ask(page, SCHEMA), await ask(page, 'select count(*) from strata.log')]).toEqual(before)
    await expectMigrations(page, [...TITLES.map((title) => `${title}, applied`), 'Widen the id, pending'])
  })

  test('tells the naive rollback of the departments from the corrected one', async () => {
    const { page } = shared
    const name = '20240604093000_departments_as_foreign_key'
    const down = join(copy.folder, `${name}.down.sql`)
    const corrected = await readFile(down, 'utf8')
    await writeFile(
      down,
      `ALTER TABLE employees ADD COLUMN department text NOT NULL DEFAULT '';
UPDATE employees SET department = departments.name FROM departments WHERE departments.id = employees.department_id;
ALTER TABLE employees RENAME CONSTRAINT employees_department_not_null TO employee_department_not_null;
ALTER TABLE employees DROP COLUMN department_id;
DROP TABLE departments;`,
    )

    await pressAtMigration(page, 'Departments as a foreign key', 'Rehearse')
    await start()
    await expect(verdict()).toHaveText(
      "Rolling back does not restore the schema: column employees.department: default ''::text stays.",
    )
    await writeFile(down, corrected)
    await expect(effect()).toContainText('The files were edited since.')
    await pressMigrations(page, 'Rehearse')
    await start()

    await expect(verdict()).toHaveText('Rolling back restores the schema exactly.')
  })

  test('rehearses all that are pending on a scratch copy of the schema', async () => {
    const { page, screenshot } = shared
    await copy.write('20240605090000_widen_id', WIDEN)
    await copy.write('20240606090000_seniority', {
      up: '-- title: Seniority\nALTER TABLE employees ADD COLUMN since date;\nCREATE INDEX ON employees (since);\n',
      down: 'ALTER TABLE employees DROP COLUMN since;\n',
    })
    await expectMigrations(page, [
      ...TITLES.map((title) => `${title}, applied`),
      'Widen the id, pending',
      'Seniority, pending',
    ])

    await windowOf(page)
      .migrations.getByRole('button', { name: /^Migration folder/ })
      .click()
    await page.getByRole('menuitem', { name: 'Rehearse all pending' }).click()
    await start('Scratch copy of the schema')

    await expect(effect()).toContainText('Its schema is exactly that of strata.')
    const together = effect().getByRole('list', { name: 'Rehearsed together' })
    await expect(together.getByRole('listitem')).toHaveText(['Widen the id', 'Seniority'])
    await together.getByRole('button', { name: 'Seniority' }).click()
    await expect(verdict()).toHaveText('Rolling back restores the schema exactly.')
    await screenshot('migrate-rehearse-all')
    expect(await ask(page, "select count(*) from pg_database where datname ~ '^strata_scratch'")).toEqual([['0']])
  })

  test('stops at once when it is cancelled and leaves nothing', async () => {
    const { page, screenshot } = shared
    await copy.write('20240607090000_slow', {
      up: '-- title: Slow one\nCREATE TABLE slow ();\nSELECT pg_sleep(600);\n',
      down: 'DROP TABLE slow;\n',
    })
    await pressAtMigration(page, 'Slow one', 'Rehearse')
    await start('This database')
    await expect(effect().getByRole('status', { name: 'Rehearsal status' })).toHaveText(
      'Rehearsing Slow one, statement 2',
    )
    await screenshot('migrate-rehearse-running')

    await effect().getByRole('button', { name: 'Cancel' }).click()

    await expect(effect()).toContainText('Cancelled. Nothing is left of the rehearsal.')
    await expect
      .poll(() => ask(page, "select count(*) from pg_stat_activity where application_name = 'Strata rehearsal'"))
      .toEqual([['0']])
    expect(await ask(page, "select to_regclass('slow')")).toEqual([['<NULL>']])
  })

  test('says what somebody changed beside the migrations, until it is taken as it is', async () => {
    const { page, screenshot } = shared
    const { migrations } = windowOf(page)
    const banner = migrations.getByText('Schema differs from what the migrations left')
    await expect(banner).toHaveCount(0)

    await writeSql(page, 'alter table employees add column byhand integer')
    await run(page, 'Run')
    await banner.click()
    await expect(migrations.getByRole('group')).toContainText('column employees.byhand: integer')
    await screenshot('migrate-drift')
    await page.emulateMedia({ colorScheme: 'dark' })
    await screenshot('migrate-drift-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await pressMigrations(page, 'Take as it is')

    await expect(banner).toHaveCount(0)
    await pressMigrations(page, 'Refresh')
    await expect(banner).toHaveCount(0)
    expect(await ask(page, "select count(*) from strata.log where action = 'accept-drift'")).toEqual([['1']])
  })
})
