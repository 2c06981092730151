import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ProfileDraft, profileDraft, profileId, type Target } from '../../../contract/profile'
import { SETTINGS_DEFAULTS, TARGET_DEFAULTS } from '../../../contract/profile-defaults'
import { FailureError } from '../../../electron/engine/failure-error'
import { createProfiles } from '../../../electron/engine/profile/profile-store'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-profiles-'))
  file = join(folder, 'profiles.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function aTarget(parts: Partial<Target> = {}): Target {
  return { ...TARGET_DEFAULTS, host: 'h', port: 5432, database: 'd', role: 'r', tlsMode: 'verify-full', ...parts }
}

function aDraft(parts: Partial<ProfileDraft> = {}): ProfileDraft {
  return {
    id: null,
    name: 'orders',
    folder: '',
    environment: 'staging',
    target: aTarget(),
    settings: SETTINGS_DEFAULTS,
    ...parts,
  }
}

/** Profiles over the folder, as a start of the app makes them, with a clock that moves one second per look. */
function open(onChanged: () => void = () => {}) {
  let seconds = 0
  const now = () => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds++))
  return createProfiles({ folder, onChanged, now })
}

async function failureOf(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  )
  return error instanceof FailureError ? error.failure : error
}

describe('profiles', () => {
  it('are none at first, and nothing is written', async () => {
    const profiles = open()

    const list = await profiles.list()

    expect([list, await profiles.notices(), await readdir(folder)]).toEqual([[], [], []])
  })

  it('are the same after a restart', async () => {
    const saved = await open().save(aDraft())

    const list = await open().list()

    expect(list).toEqual([saved])
    expect(saved).toEqual({
      id: expect.stringMatching(/^[\w-]{36}$/),
      kind: 'remote',
      name: 'orders',
      folder: '',
      environment: 'staging',
      target: aTarget(),
      settings: SETTINGS_DEFAULTS,
      migrationFolder: null,
      lastOpenedAt: null,
    })
  })

  it('keep id, folder and time of opening when they are edited', async () => {
    const profiles = open()
    const { id } = await profiles.save(aDraft())
    await profiles.setMigrationFolder(id, '/project/migrations')
    const opened = await profiles.markOpened(id)

    const edited = await profiles.save(aDraft({ id, name: 'renamed', target: aTarget({ port: 5433 }) }))

    expect(edited).toEqual({ ...opened, name: 'renamed', target: aTarget({ port: 5433 }) })
    expect(await open().list()).toEqual([edited])
  })

  it('are listed by last opening, then the youngest first', async () => {
    const profiles = open()
    for (const name of ['a', 'b', 'c', 'd']) await profiles.save(aDraft({ name }))
    const byName = new Map((await profiles.list()).map((each) => [each.name, each.id]))
    await profiles.markOpened(byName.get('b') ?? profileId.parse('-'))
    await profiles.markOpened(byName.get('a') ?? profileId.parse('-'))

    const list = await open().list()

    expect(list.map((each) => each.name)).toEqual(['a', 'b', 'd', 'c'])
  })

  it('announce every change once it is on the disk', async () => {
    const seen: unknown[] = []
    const profiles = open(() => seen.push(JSON.parse(JSON.stringify('changed'))))
    const { id } = await profiles.save(aDraft())
    await profiles.markOpened(id)
    await profiles.setMigrationFolder(id, '/m')

    await profiles.remove(id)

    expect(seen).toHaveLength(4)
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ profiles: [] })
  })

  it('lose no change of many at once', async () => {
    const profiles = open()

    await Promise.all(Array.from({ length: 20 }, (_, index) => profiles.save(aDraft({ name: `n${index}` }))))

    expect(await open().list()).toHaveLength(20)
  })

  it('are readable by their owner alone', async () => {
    await open().save(aDraft())

    const mode = (await stat(file)).mode & 0o777

    expect(mode.toString(8)).toBe(process.platform === 'win32' ? expect.any(String) : '600')
  })

  it('refuse what is not saved', async () => {
    const profiles = open()
    const id = profileId.parse('gone')

    const failures = await Promise.all([
      failureOf(profiles.get(id)),
      failureOf(profiles.remove(id)),
      failureOf(profiles.markOpened(id)),
      failureOf(profiles.save(aDraft({ id }))),
    ])

    expect(failures.map((failure) => (failure as { kind: string }).kind)).toEqual(Array(4).fill('refused'))
  })

  it('go on after a change was refused', async () => {
    const profiles = open()
    await failureOf(profiles.remove(profileId.parse('gone')))

    await profiles.save(aDraft())

    expect(await profiles.list()).toHaveLength(1)
  })

  it('cannot hold a password', async () => {
    const draft = { ...aDraft(), password: 'hunter2' }

    const parsed = profileDraft.safeParse(draft)
    await open().save(draft)

    expect(parsed.success).toBe(false)
    expect(await readFile(file, 'utf8')).not.toContain('hunter2')
  })
})

describe('local profile', () => {
  const socket = aTarget({ host: '/run/strata', tlsMode: 'disable' })

  it('is made once, with the sample folder', async () => {
    const first = await open().ensureLocal(socket, '/samples')

    const second = await open().ensureLocal(socket, '/samples')

    expect(second).toEqual(first)
    expect(first).toMatchObject({
      kind: 'local',
      name: 'Local database',
      environment: 'local',
      migrationFolder: '/samples',
    })
  })

  it('follows its server and keeps the chosen folder', async () => {
    const profiles = open()
    const { id } = await profiles.ensureLocal(socket, '/samples')
    await profiles.setMigrationFolder(id, '/mine')

    const moved = await profiles.ensureLocal(aTarget({ host: '127.0.0.1', port: 40_000 }), '/samples')

    expect(moved).toMatchObject({ id, migrationFolder: '/mine', target: { host: '127.0.0.1', port: 40_000 } })
  })

  it('can be renamed but not led elsewhere', async () => {
    const profiles = open()
    const local = await profiles.ensureLocal(socket, '/samples')

    const edited = await profiles.save(aDraft({ id: local.id, name: 'mine', environment: 'production' }))

    expect(edited).toEqual({ ...local, name: 'mine' })
  })
})

describe('file of profiles', () => {
  it.each<[string, (text: string) => string]>([
    ['cut off', (text) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['filled with zeros', (text) => '\0'.repeat(text.length)],
    ['something else', () => '{"profiles": []}'],
    ['given a password', (text) => text.replace('"name"', '"password": "x", "name"')],
    ['given a hostile database', (text) => text.replace('"d"', '"d\\u0000options\\u0000-c"')],
    ['given a port out of range', (text) => text.replace('5432', '70000')],
  ])('is restored from the last good copy when it was %s', async (_name, damage) => {
    const profiles = open()
    const first = await profiles.save(aDraft({ name: 'first' }))
    await profiles.save(aDraft({ name: 'second' }))
    const damaged = damage(await readFile(file, 'utf8'))
    await writeFile(file, damaged)

    const restarted = open()

    expect(await restarted.list()).toEqual([first])
    expect(await restarted.notices()).toEqual([
      expect.stringMatching(/could not be read: .* kept as .*profiles\.json\.damaged-1/),
      expect.stringMatching(/^The profiles are those of \d{4}-.*profiles\.json\.1.*Later changes are missing/),
    ])
    expect(await readFile(`${file}.damaged-1`, 'utf8')).toBe(damaged)
  })

  it('is kept aside and said to be when no copy is good', async () => {
    await writeFile(file, '{')

    const profiles = open()

    expect(await profiles.list()).toEqual([])
    expect(await profiles.notices()).toEqual([
      expect.stringMatching(/could not be read/),
      expect.stringMatching(/begins anew/),
    ])
    expect(await readFile(`${file}.damaged-1`, 'utf8')).toBe('{')
  })

  it('of format 1 is read, and what it did not know is as in a new profile', async () => {
    const target = { host: 'h', port: 5432, database: 'd', role: 'r', tlsMode: 'require', rootCertificate: '/ca.pem' }
    const old = { id: 'p1', kind: 'remote', name: 'orders', environment: 'staging', target }
    const profiles = [{ ...old, migrationFolder: '/m', lastOpenedAt: null }]
    await writeFile(file, JSON.stringify({ format: 'strata profiles', version: 1, profiles }))

    const list = await open().list()

    const read = { ...old, folder: '', target: { ...TARGET_DEFAULTS, ...target }, settings: SETTINGS_DEFAULTS }
    expect(list).toEqual([{ ...read, migrationFolder: '/m', lastOpenedAt: null }])
  })

  it('of format 1 trusts the roots it trusted before, and asks for what it may', async () => {
    const aTargetOf = (parts: object) => ({
      host: 'h',
      port: 5432,
      database: 'd',
      role: 'r',
      rootCertificate: null,
      ...parts,
    })
    const targets = [
      aTargetOf({ tlsMode: 'verify-full' }),
      aTargetOf({ tlsMode: 'verify-ca' }),
      aTargetOf({ tlsMode: 'prefer', host: '/run/postgresql' }),
    ]
    const old = { kind: 'remote', name: 'orders', environment: 'staging', migrationFolder: null, lastOpenedAt: null }
    const profiles = targets.map((target, index) => ({ ...old, id: `p${index}`, target }))
    await writeFile(file, JSON.stringify({ format: 'strata profiles', version: 1, profiles }))

    const list = await open().list()

    const hasOwnRoots = existsSync(join(homedir(), '.postgresql', 'root.crt'))
    expect(list.map(({ target }) => [target.rootCertificate, target.authenticationMethods])).toEqual([
      [hasOwnRoots ? null : 'system', ['scram-sha-256']],
      [null, ['scram-sha-256']],
      [null, ['scram-sha-256', 'none']],
    ])
  })

  it('of a newer format is refused and left as it is', async () => {
    const newer = JSON.stringify({ format: 'strata profiles', version: 3, anything: [1] })
    await writeFile(file, newer)
    const profiles = open()

    const failures = [await failureOf(profiles.list()), await failureOf(profiles.save(aDraft()))]

    expect(failures).toEqual(
      Array(2).fill({
        kind: 'refused',
        issues: [{ path: 'profiles', message: expect.stringMatching(/newer Strata \(format 3, this one reads 2\)/) }],
      }),
    )
    expect([await readFile(file, 'utf8'), await readdir(folder)]).toEqual([newer, ['profiles.json']])
  })

  it('is read again once a newer one was moved away', async () => {
    await writeFile(file, JSON.stringify({ format: 'strata profiles', version: 3 }))
    const profiles = open()
    await failureOf(profiles.list())
    await rm(file)

    const list = await profiles.list()

    expect(list).toEqual([])
  })
})
