import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { answerSaveDialog, askAndFocus, gridOf } from '../support/app-grid'
import {
  chooseMigrationFolder,
  confirmPlan,
  copyMigrations,
  type MigrationCopy,
  pressMigrations,
} from '../support/app-migrations'
import { enginePid } from '../support/app-processes'
import { ask, run, writeSql } from '../support/app-query'
import { closeConnection, openRecent, windowOf } from '../support/app-window'
import { aCanary, canariesIn, canaryFiles, processTree, processWords, spellingsOf } from '../support/canaries'
import { createAuthority } from '../support/certificates'
import { type Cluster, startCluster } from '../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../support/database-on'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'
import { aSavedProfile, writeProfiles } from '../support/saved-profiles'
import { type SshServer, startSshServer } from '../support/ssh-server'

/** Eight secrets, each on another way into the app. */
const CANARIES = {
  'role password typed in the form': aCanary('typed'),
  'password in a pasted URL': aCanary('url'),
  'passphrase of a client key': aCanary('key'),
  'SSH password': aCanary('ssh'),
  'passphrase of the vault': aCanary('vault'),
  'ALTER ROLE in the editor': aCanary('alter'),
  'password file': aCanary('file'),
  'wrong password': aCanary('wrong'),
} as const
const WORDS = CANARIES

test.describe('eight secrets after a full run', () => {
  let cluster: Cluster
  let database: TestDatabase
  let server: SshServer
  let copy: MigrationCopy
  let place: string
  let launched: LaunchedApp

  test.beforeAll(async () => {
    cluster = await startCluster()
    database = await createDatabaseOn(cluster.facts, 'app')
    const roles = {
      typed: WORDS['role password typed in the form'],
      pasted: WORDS['password in a pasted URL'],
      filed: WORDS['password file'],
    }
    for (const [role, password] of Object.entries(roles)) {
      await database.query(`CREATE ROLE canary_${role} LOGIN PASSWORD '${password}'`)
      await database.query(`GRANT ALL ON SCHEMA public TO canary_${role}`)
      await database.query(`GRANT CREATE ON DATABASE ${database.name} TO canary_${role}`)
    }
    server = await startSshServer({ password: WORDS['SSH password'] })
    copy = await copyMigrations('nothing')
    await copy.write('20260101000000_canary', { up: 'create table canary (i int);\n', down: 'drop table canary;\n' })
    place = await mkdtemp(join(tmpdir(), 'strata-canaries-'))
    for (const name of ['home/.ssh', 'tmp', 'data/profiles'])
      await mkdir(join(place, name), { recursive: true, mode: 0o700 })
    await writeFile(join(place, 'home/.ssh/known_hosts'), `${server.knownHost}\n`, { mode: 0o600 })
    await writeFile(join(place, 'home/.pgpass'), `*:*:*:canary_filed:${WORDS['password file']}\n`, { mode: 0o600 })
    const client = createAuthority('canary').issue(['canary'])
    const passphrase = WORDS['passphrase of a client key']
    const key = client.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    await writeFile(join(place, 'home/client.pem'), client.certificate)
    await writeFile(join(place, 'home/client.key'), key, { mode: 0o600 })
    const target = { ...database.target, role: 'canary_filed' }
    const hop = {
      host: '127.0.0.1',
      port: server.port,
      user: 'ops',
      authentication: 'password',
      keyFile: null,
    } as const
    await writeProfiles(join(place, 'data'), [
      aSavedProfile('filed', { name: 'Filed', target }),
      aSavedProfile('tunnelled', { name: 'Tunnelled', target: { ...target, tunnel: [hop] } }),
      aSavedProfile('keyed', {
        name: 'Keyed',
        target: {
          ...target,
          tlsMode: 'require',
          clientCertificate: join(place, 'home/client.pem'),
          clientKey: join(place, 'home/client.key'),
        },
      }),
    ])
    launched = await launchApp({
      userData: join(place, 'data'),
      env: { HOME: join(place, 'home'), TMPDIR: join(place, 'tmp') },
    })
  })
  test.afterAll(async () => {
    await removeUserData(join(place, 'data'))
    await Promise.all([server.stop(), database.drop(), copy.remove()])
    await cluster.stop()
    await rm(place, { recursive: true, force: true })
  })

  test('stand nowhere: no file, log, title, argument, environment or history has one in any of six encodings', async () => {
    test.setTimeout(120_000)
    const { page, app } = launched
    const { dialog, statusBar, queryStatus } = windowOf(page)
    const field = (name: string) => dialog.getByRole('textbox', { name, exact: true })
    const connected = () => expect(statusBar).toContainText('Connected')
    const seen: Buffer[] = []
    const look = async () => {
      const titles = await app.evaluate(async ({ BrowserWindow, clipboard }) => [
        ...BrowserWindow.getAllWindows().map((window) => window.getTitle()),
        await clipboard.readText(),
      ])
      seen.push(Buffer.from(titles.join('\n')), await processWords(await processTree(launched.pid)))
    }

    await test.step('typed into the form, refused, then accepted; run, exported, migrated', async () => {
      await page.getByRole('button', { name: 'New connection' }).click()
      const { host, port } = database.target
      const values = { Name: 'Typed', Host: host, Port: String(port), Database: database.name, Role: 'canary_typed' }
      for (const [name, value] of Object.entries(values)) await field(name).fill(value)
      await field('Password').fill(WORDS['wrong password'])
      await dialog.getByRole('button', { name: 'Test connection' }).click()
      await expect(dialog.getByRole('alert')).toContainText('password authentication failed')
      await field('Password').fill(WORDS['role password typed in the form'])
      await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
      await connected()
      await answerSaveDialog(app, join(place, 'home', 'rows.csv'))
      await askAndFocus(page, 'select rolname, rolpassword from pg_roles')
      await page.keyboard.press('ControlOrMeta+e')
      await page.getByRole('button', { name: 'Choose file…' }).click()
      await expect(gridOf(page).exported).toHaveText(/^Saved rows\.csv/)
      await chooseMigrationFolder(app, page, copy.folder)
      await pressMigrations(page, 'Apply all')
      await confirmPlan(page)
      await expect(windowOf(page).migrationStatus).toHaveText(/Applied/)
      await look()
    })

    await test.step('typed into the editor and run, in statements that work and fail', async () => {
      const secret = WORDS['ALTER ROLE in the editor']
      await writeSql(page, `CREATE USER MAPPING FOR canary_typed SERVER nowhere OPTIONS (password '${secret}')`)
      await run(page, 'Run all', 'Failed')
      await writeSql(page, `ALTER ROLE canary_typed PASSWORD '${secret}'`)
      await run(page, 'Run all')
      await look()
    })

    await test.step('asked for after a crash of the engine, and kept in a vault', async () => {
      process.kill(await enginePid(app), 'SIGKILL')
      await expect(queryStatus).not.toHaveText(/^Running/)
      await writeSql(page, 'select 2')
      await page.keyboard.press('ControlOrMeta+Enter')
      await field('Password').fill(WORDS['ALTER ROLE in the editor'])
      await dialog.getByRole('button', { name: 'Keep it' }).click()
      await page.getByRole('option', { name: /^In the vault/ }).click()
      await field('Vault passphrase').fill(WORDS['passphrase of the vault'])
      await field('Repeat it').fill(WORDS['passphrase of the vault'])
      await page.keyboard.press('Enter')
      await expect(queryStatus).toHaveText(/^Complete/)
      await look()
    })

    await test.step('used again after the window was reloaded and the server ended the sessions', async () => {
      await page.reload()
      // The new engine has no profile open: the window begins with the welcome screen.
      await openRecent(page, 'Typed')
      await connected()
      await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'canary_typed'`)
      await ask(page, 'select 3')
      await closeConnection(page)
    })

    await test.step('in a URL that was pasted', async () => {
      await page.getByRole('button', { name: 'New connection' }).click()
      const { host, port } = database.target
      const password = encodeURIComponent(WORDS['password in a pasted URL'])
      await field('Connection URL').fill(`postgres://canary_pasted:${password}@${host}:${port}/${database.name}`)
      await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
      await connected()
      await look()
      await closeConnection(page)
    })

    await test.step('in the password file, for a client key, for an SSH server', async () => {
      await openRecent(page, 'Filed')
      await connected()
      await closeConnection(page)
      await openRecent(page, 'Keyed')
      await field('Passphrase').fill(WORDS['passphrase of a client key'])
      await page.keyboard.press('Enter')
      await connected()
      await closeConnection(page)
      await openRecent(page, 'Tunnelled')
      await field('Password').fill(WORDS['SSH password'])
      await page.keyboard.press('Enter')
      await connected()
      await ask(page, 'select 4')
      await look()
    })
    launched.assertNoViolations()
    const whileOpen = await canaryFiles(place, CANARIES)
    await launched.close()

    const closed = await canaryFiles(place, CANARIES)
    const found = [...whileOpen.found, ...closed.found]
    const outside = canariesIn(Buffer.concat([...seen, Buffer.from(launched.output())]), CANARIES)

    // Two files are the person's own: the password file, and the draft in which the statement was typed and not removed.
    const theirs = found.filter((hit) => /^home\/\.pgpass: password file as /.test(hit))
    const drafts = found.filter((hit) => /^data\/workspaces\/[^:]+: ALTER ROLE in the editor as /.test(hit))
    expect(found.filter((hit) => !theirs.includes(hit) && !drafts.includes(hit))).toEqual([])
    expect(outside).toEqual([])
    expect([theirs.length > 0, drafts.length > 0]).toEqual([true, true])
    expect(closed.files).toBeGreaterThanOrEqual(20)
  })
})

test('a secret is found in every encoding by the search that finds none', () => {
  const secret = CANARIES['SSH password']
  const texts = [0, 1, 2, 3, 4].map((length) => Buffer.from(`${'x'.repeat(length)}${secret}tail`))

  const hits = texts.map((text) => [
    ...canariesIn(text, { it: secret }),
    ...canariesIn(Buffer.from(text.toString('base64')), { it: secret }),
    ...canariesIn(Buffer.from(text.toString('hex')), { it: secret }),
    ...canariesIn(Buffer.from(text.toString('utf8'), 'utf16le'), { it: secret }),
    ...canariesIn(Buffer.from(JSON.stringify(text.toString('utf8'))), { it: secret }),
    ...canariesIn(Buffer.from(encodeURIComponent(text.toString('utf8'))), { it: secret }),
  ])

  expect(hits.map((each) => each.length)).toEqual([6, 6, 6, 6, 6])
  expect(spellingsOf(secret).size).toBe(9)
})
