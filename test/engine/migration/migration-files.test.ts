import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPair, readPair, writeScript } from '../../../electron/engine/migration/migration-files'

const NOW = new Date('2026-03-01T12:00:59.900Z')

describe('migration files', () => {
  let parent: string
  let folder: string
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'strata-files-'))
    folder = join(parent, 'm [1]')
    await mkdir(folder)
  })
  afterEach(() => rm(parent, { recursive: true, force: true }))

  it('come as a pair named after time and title', async () => {
    const pair = await createPair(folder, ' Größe hinzufügen ', NOW)

    expect(pair.name).toBe('20260301120059_größe_hinzufügen')
    expect(await readPair(folder, pair.name)).toEqual(pair)
    expect(pair.up).toBe('-- title: Größe hinzufügen\n\n')
  })

  it('of one second get times of their own', async () => {
    const names = [
      (await createPair(folder, 'b', NOW)).name,
      (await createPair(folder, 'a', NOW)).name,
      (await createPair(folder, 'b', NOW)).name,
    ]

    expect(names).toEqual(['20260301120059_b', '20260301120100_a', '20260301120101_b'])
  })

  it('created at once never overwrite one another', async () => {
    const pairs = await Promise.all(['x', 'x', 'x', 'x'].map((title) => createPair(folder, title, NOW)))

    expect(new Set(pairs.map(({ name }) => name)).size).toBe(4)
    expect(await readdir(folder)).toHaveLength(8)
  })

  it('stay in their folder whatever the title says', async () => {
    const { name } = await createPair(folder, '../../x', NOW)

    expect([name, await readdir(parent)]).toEqual(['20260301120059_x', ['m [1]']])
  })

  it.each(['../x', 'a/b', 'a\\b', 'a\0b', ''])('are not read outside of it: %j', async (name) => {
    await expect(readPair(folder, name)).rejects.toMatchObject({ failure: { kind: 'refused' } })
  })

  it('are written when they hold what was expected, with the same permissions', async () => {
    const path = join(folder, '1_a.up.sql')
    await writeFile(path, '\ufeffselect 1;\r\n')
    await chmod(path, 0o664)

    await writeScript(folder, { name: '1_a', file: 'up', text: 'select 2;\n', expected: 'select 1;\n' })

    expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o777]).toEqual(['select 2;\n', 0o664])
  })

  it.each([
    ['select 1', 'select 0', '1_a.up.sql was changed by somebody else. Nothing was written.'],
    ['select 1', null, '1_a.up.sql exists by now. Nothing was written.'],
    [null, 'select 1', '1_a.up.sql does not exist any more. Nothing was written.'],
  ])('holding %j are not written when %j was expected', async (content, expected, message) => {
    const path = join(folder, '1_a.up.sql')
    if (content !== null) await writeFile(path, content)

    await expect(writeScript(folder, { name: '1_a', file: 'up', text: 'x', expected })).rejects.toThrow(message)
    expect(await readFile(path, 'utf8').catch(() => null)).toBe(content)
  })

  it('that are links are neither read nor replaced', async () => {
    await writeFile(join(parent, 'secret'), 'secret')
    await symlink(join(parent, 'secret'), join(folder, '1_a.up.sql'))

    const writing = writeScript(folder, { name: '1_a', file: 'up', text: 'x', expected: 'secret' })

    await expect(writing).rejects.toThrow('1_a.up.sql: it is not a regular file.')
    await expect(readPair(folder, '1_a')).rejects.toThrow('1_a.up.sql: it is not a regular file.')
    expect(await readFile(join(parent, 'secret'), 'utf8')).toBe('secret')
  })
})
