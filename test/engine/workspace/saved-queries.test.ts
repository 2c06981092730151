import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import { savedQueryName } from '../../../contract/saved-query'
import { createSavedQueries, type SavedQueries } from '../../../electron/engine/workspace/saved-queries'

const profile = 'profile-1' as ProfileId // branded here: no profile is saved in these tests

describe('saved queries', () => {
  let folder: string
  let queries: SavedQueries
  let changes: number
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'strata-queries-')), 'queries')
    changes = 0
    queries = createSavedQueries({
      folderOf: async () => ({ folder, isSample: false }),
      onChanged: () => {
        changes += 1
      },
    })
  })
  afterEach(() => rm(dirname(folder), { recursive: true, force: true }))

  const put = async (file: string, text: string) => {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, file), text)
  }
  const create = (name: string, text: string) => queries.write(profile, name, text, { kind: 'nothing' })
  const names = async () => (await queries.list(profile)).queries.map(({ name }) => name)
  const onDisk = (name: string) => readFile(join(folder, `${name}.sql`), 'utf8')

  it('writes a new query as a plain file, exactly as typed', async () => {
    const text = '-- ünïcode 🐘\r\nselect 1  \n\n'

    const answer = await create('Monthly report – no', text).catch((error: Error) => error.message)
    const written = await create('Umsätze 2026.v1', text)

    const { mode } = await stat(join(folder, 'Umsätze 2026.v1.sql'))
    expect([answer, written]).toEqual(['Use letters, digits, spaces and - _ . only.', { outcome: 'written' }])
    expect([await onDisk('Umsätze 2026.v1'), mode & 0o600, changes]).toEqual([text, 0o600, 1])
    expect(await queries.read(profile, 'Umsätze 2026.v1')).toBe(text)
  })

  it('lists them by name, and says what it left out', async () => {
    for (const file of ['b 10.sql', 'b 2.sql', 'A.sql', '.hidden.sql', 'notes.txt', 'so;what.sql']) await put(file, 'x')
    await mkdir(join(folder, 'older'))

    const listing = await queries.list(profile)

    expect(listing).toMatchObject({
      folder,
      problem: null,
      queries: [{ name: 'A', bytes: 1 }, { name: 'b 2' }, { name: 'b 10' }],
      remark: 'Folders inside it are not shown. Left out, because the name cannot be used: so;what.sql.',
    })
  })

  it('has none where there is no folder yet', async () => {
    expect(await queries.list(profile)).toMatchObject({ folder, queries: [], problem: null, remark: null })
  })

  it('does not overwrite a file that is there, and tells its size and time', async () => {
    await put('report.sql', 'select 1')

    const answer = await create('report', 'select 2')

    expect(answer).toEqual({ outcome: 'different', there: { bytes: 8, modifiedAt: expect.stringMatching(/Z$/) } })
    expect(await onDisk('report')).toBe('select 1')
  })

  it('replaces the file that was shown, and only that', async () => {
    await put('report.sql', 'select 1')
    const answer = await create('report', 'select 2')
    if (answer.outcome !== 'different' || answer.there === null) throw new Error('It was written.')
    const file = answer.there

    await put('report.sql', 'select 1, 2')
    const late = await queries.write(profile, 'report', 'select 2', { kind: 'file', file })
    const again = late.outcome === 'different' && late.there !== null ? late.there : file
    const replaced = await queries.write(profile, 'report', 'select 2', { kind: 'file', file: again })

    expect([late.outcome, replaced.outcome, await onDisk('report')]).toEqual(['different', 'written', 'select 2'])
  })

  it('does not overwrite what another program wrote since it was opened', async () => {
    await create('report', 'select 1')
    await put('report.sql', 'select 99')

    const answer = await queries.write(profile, 'report', 'select 2', { kind: 'text', text: 'select 1' })

    expect([answer.outcome, await onDisk('report')]).toEqual(['different', 'select 99'])
  })

  it('tells when the file has gone', async () => {
    expect(await queries.write(profile, 'report', 'x', { kind: 'text', text: 'y' })).toEqual({
      outcome: 'different',
      there: null,
    })
  })

  it('saves again over its own text, keeping the permissions', async () => {
    await create('report', 'select 1')
    await chmod(join(folder, 'report.sql'), 0o664)

    await queries.write(profile, 'report', 'select 2', { kind: 'text', text: 'select 1' })

    expect([await onDisk('report'), (await stat(join(folder, 'report.sql'))).mode & 0o777]).toEqual(['select 2', 0o664])
  })

  it('renames without ever replacing another', async () => {
    await create('one', '1')
    await create('two', '2')

    await expect(queries.rename(profile, 'one', 'two')).rejects.toThrow('two.sql exists already')
    await queries.rename(profile, 'one', 'three')
    await queries.rename(profile, 'two', 'Two')

    expect([await names(), await onDisk('three'), await onDisk('Two')]).toEqual([['three', 'Two'], '1', '2'])
  })

  it('removes a query', async () => {
    await create('one', '1')

    await queries.remove(profile, 'one')

    expect(await readdir(folder)).toEqual([])
  })

  it.each([
    '../x',
    'a/b',
    'a\\b',
    '.hidden',
    '',
    'a\0b',
    'con',
    'LPT1',
    'nul.x',
    ' a',
    'a.',
    'x'.repeat(101),
    'ä'.repeat(121),
  ])('refuses %j as a name', async (name) => {
    const outcomes = await Promise.allSettled([
      create(name, 'x'),
      queries.read(profile, name),
      queries.remove(profile, name),
      queries.rename(profile, name, 'fine'),
    ])

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected'])
    expect(savedQueryName.safeParse(name).success).toBe(false)
    expect(await readdir(dirname(folder))).toEqual([])
  })

  it('does not follow a link out of the folder', async () => {
    await put('x.sql', '')
    await writeFile(join(dirname(folder), 'secret'), 'hidden')
    await symlink(join(dirname(folder), 'secret'), join(folder, 'linked.sql'))

    const read = queries.read(profile, 'linked')
    const written = create('linked', 'x')

    await expect(read).rejects.toThrow('not a plain file')
    await expect(written).rejects.toThrow('not a plain file')
    expect(await names()).toEqual(['x'])
  })

  it('refuses a file that is no text', async () => {
    await mkdir(folder)
    await writeFile(join(folder, 'bytes.sql'), Buffer.from([0xff, 0xfe, 0x00]))

    await expect(queries.read(profile, 'bytes')).rejects.toThrow('not valid UTF-8')
  })

  it('says why nothing can be saved without a project folder', async () => {
    const homeless = createSavedQueries({ folderOf: async () => null, onChanged: () => {} })

    await expect(homeless.write(profile, 'a', 'x', { kind: 'nothing' })).rejects.toThrow('no project folder yet')
    expect(await homeless.list(profile)).toMatchObject({ folder: null, queries: [] })
  })
})
