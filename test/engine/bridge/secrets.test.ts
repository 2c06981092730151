import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import type { TabId } from '../../../contract/workspace'
import { aDraft } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startTestEngine, type TestEngine, type TestWindow } from '../../support/port-pair'

const tabId = 'tab-1' as TabId // branded here: the window mints tab ids

describe('secrets of a session', () => {
  let database: TestDatabase
  let engine: TestEngine
  let window: TestWindow
  let profileId: ProfileId
  let passwordFile: string
  beforeAll(async () => {
    database = await createDatabase('app')
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    engine = await startTestEngine()
    passwordFile = join(engine.userData, 'pgpass')
    window = engine.openWindow()
    profileId = (await window.get('profile.save', { draft: aDraft({ target: database.target }) })).id
  })
  afterEach(() => engine.stop())

  async function writePasswordFile(password: string, mode = 0o600): Promise<void> {
    const { host, port, role } = database.target
    await writeFile(passwordFile, `${host}:${port}:*:${role}:${password.replace(/[:\\]/g, '\\$&')}\n`)
    await chmod(passwordFile, mode)
  }

  it('that worked are told of as such', async () => {
    engine.passwords.set(profileId, database.password)

    await window.get('session.open', { profileId, tabId })

    expect([engine.asked.map(({ kind }) => kind), engine.outcomes]).toEqual([['password'], ['worked']])
  })

  it('that were refused are told of as such, and named in the failure', async () => {
    engine.passwords.set(profileId, 'wrong')
    await writePasswordFile(database.password)

    const reply = await window.ask('session.open', { profileId, tabId })

    expect(reply).toMatchObject({ ok: false, failure: { secret: { kind: 'password', state: 'wrong' } } })
    expect(engine.outcomes).toEqual(['refused'])
  })

  it('are nobody to be blamed when the database is not there', async () => {
    engine.passwords.set(profileId, database.password)
    const target = { ...database.target, database: 'nowhere' }
    await window.get('profile.save', { draft: aDraft({ id: profileId, target }) })

    const reply = await window.ask('session.open', { profileId, tabId })

    expect(reply).toMatchObject({ ok: false, failure: { reason: 'no database' } })
    expect(engine.outcomes).toEqual([])
  })

  it('come from the password file where none is kept, which the session says', async () => {
    await writePasswordFile(database.password)

    const facts = await window.get('session.open', { profileId, tabId })
    const { target } = database
    const report = await window.get('profile.test', { target, secrets: [], profileId: null })

    expect(facts.passwordFile).toBe(passwordFile)
    expect(report.steps.at(-1)?.detail).toMatch(new RegExp(`^app, PostgreSQL .*, password from ${passwordFile}$`))
  })

  it('are said to be from the password file when that one is wrong', async () => {
    await writePasswordFile('wrong')

    const failed = await window.ask('session.open', { profileId, tabId })
    const report = await window.get('profile.test', { target: database.target, secrets: [], profileId: null })

    const secret = { kind: 'password', state: 'wrong', note: `The password came from ${passwordFile}.` }
    expect(failed).toMatchObject({ ok: false, failure: { secret } })
    expect(report.failure?.secret).toEqual(secret)
  })

  it('are asked for when others can read the password file, which the failure says', async () => {
    await writePasswordFile(database.password, 0o644)

    const reply = await window.ask('session.open', { profileId, tabId })

    const note = `${passwordFile} is ignored, as by libpq: others can read or write it (mode 0644; it has to be 0600 or less).`
    expect(reply).toMatchObject({ ok: false, failure: { secret: { kind: 'password', state: 'missing', note } } })
  })

  it('are given to a test before the kept ones, and the kept ones where none is given', async () => {
    engine.passwords.set(profileId, database.password)
    const { target } = database

    const kept = await window.get('profile.test', { target, secrets: [], profileId })
    const given = await window.get('profile.test', {
      target,
      secrets: [{ kind: 'password', secret: 'wrong' }],
      profileId,
    })

    expect([kept.failure, given.failure?.secret]).toEqual([null, { kind: 'password', state: 'wrong' }])
    expect(engine.asked).toHaveLength(1)
  })
})
