import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readFolder } from '../../../electron/engine/migration/migration-folder'
import { compareNames, dateFromName, slugOf, titleFromName } from '../../../electron/engine/migration/migration-name'

const OPTIONS = { hasStandardStrings: true }

describe('migration folder', () => {
  let parent: string
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'strata-folder-'))
  })
  afterEach(() => rm(parent, { recursive: true, force: true }))

  const folderWith = async (files: Record<string, string | Buffer>, name = 'migrations') => {
    const folder = join(parent, name)
    await mkdir(folder, { recursive: true })
    for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content)
    return folder
  }
  const problems = async (folder: string) => {
    const { migrations } = await readFolder(folder, OPTIONS)
    return Object.fromEntries(
      migrations.map((file) => [file.name, file.problem ?? file.up?.problem ?? file.down?.problem ?? null]),
    )
  }

  it.each(['my (proj) [v2]', 'a+(b)', '{x,y}', '!not', '*star', 'üñï ☃', '#hash', "quote'd"])(
    'is read whatever its name is: %s',
    async (name) => {
      const folder = await folderWith({ '1_a.up.sql': 'select 1', '1_a.down.sql': 'select 2', 'README.md': '' }, name)

      const { migrations, problem } = await readFolder(folder, OPTIONS)

      expect([problem, migrations.map(({ name: own, up, down }) => [own, up?.text, down?.text])]).toEqual([
        null,
        [['1_a', 'select 1', 'select 2']],
      ])
    },
  )

  it('is ordered by the number in front, then by name', async () => {
    const folder = await folderWith(
      Object.fromEntries(['10_x', '2_x', 'a_x', '1_x', '01_b', 'B_x'].map((name) => [`${name}.up.sql`, 'select 1'])),
    )

    const { migrations } = await readFolder(folder, OPTIONS)

    expect(migrations.map(({ name }) => name)).toEqual(['01_b', '1_x', '2_x', '10_x', 'B_x', 'a_x'])
  })

  it('says what is wrong with a pair', async () => {
    const folder = await folderWith({
      '1_a.down.sql': 'select 1',
      '2_b.up.sql': '-- irreversible: why\nselect 1',
      '2_b.down.sql': 'select 1',
      '3_c.up.sql': Buffer.from([0xff, 0xfe, 0x41, 0x00]),
      '4_d.up.sql': Buffer.from([0x73, 0xe9]),
      '5_e.up.sql': 'select 1',
      '5_E.up.sql': 'select 1',
    })
    await symlink('/etc/passwd', join(folder, '6_f.up.sql'))

    expect(await problems(folder)).toEqual({
      '1_a': 'There is no 1_a.up.sql to go with 1_a.down.sql.',
      '2_b': '2_b.up.sql, line 1: It says that it is irreversible, but 2_b.down.sql exists. Remove one of the two.',
      '3_c': '3_c.up.sql: it is UTF-16. Save it as UTF-8.',
      '4_d': '4_d.up.sql: it is not valid UTF-8. Save it as UTF-8.',
      '5_E': '"5_E" and "5_e" differ only in case. Rename one.',
      '5_e': '"5_e" and "5_E" differ only in case. Rename one.',
      '6_f': '6_f.up.sql: it is not a regular file.',
    })
  })

  it('says with its line what is wrong with what a migration depends on', async () => {
    const up = (...depends: readonly string[]) => `-- title: x\n-- depends: ${depends.join(', ')}\nselect 1`
    const folder = await folderWith({
      '1_a.up.sql': 'select 1',
      '2_b.up.sql': up('1_a', '9_elsewhere'),
      '3_c.up.sql': up('4_d'),
      '4_d.up.sql': 'select 1',
      '5_e.up.sql': up('5_e'),
      '6_f.up.sql': up('8_h'),
      '7_g.up.sql': up('6_f'),
      '8_h.up.sql': up('1_a', '7_g'),
    })

    expect(await problems(folder)).toEqual({
      '1_a': null,
      '2_b': null,
      '4_d': null,
      '3_c': '3_c.up.sql, line 2: It depends on 4_d, which sorts after it. Rename one of them.',
      '5_e': '5_e.up.sql, line 2: "5_e" cannot depend on itself.',
      '6_f': '6_f.up.sql, line 2: They depend on each other in a circle: 6_f, then 8_h, then 7_g, then 6_f.',
      '7_g': '7_g.up.sql, line 2: They depend on each other in a circle: 7_g, then 6_f, then 8_h, then 7_g.',
      '8_h': '8_h.up.sql, line 2: They depend on each other in a circle: 8_h, then 7_g, then 6_f, then 8_h.',
    })
  })

  it('refuses two files for one migration', async () => {
    const folder = await folderWith({ '1_a.up.sql': 'select 1', '1_a.UP.sql': 'select 2' })

    expect(await problems(folder)).toEqual({
      '1_a': expect.stringMatching(/ stand for the same migration. Keep one.$/),
    })
  })

  it('says when it is gone', async () => {
    const folder = join(parent, 'gone')

    const { isReadable, problem } = await readFolder(folder, OPTIONS)

    expect([isReadable, problem]).toEqual([false, `The folder ${folder} does not exist any more. Choose another one.`])
  })
})

describe('migration name', () => {
  it.each([
    ['20240604090000_create_employee', 'create employee', '2024-06-04'],
    ['20240604_x', 'x', '2024-06-04'],
    ['20241304_x', 'x', null],
    ['20230229120000_x', 'x', null],
    ['001_first', 'first', null],
    ['17', '17', null],
    ['plain_words', 'plain words', null],
  ])('%s has a title and a date', (name, title, date) => {
    expect([titleFromName(name), dateFromName(name)]).toEqual([title, date])
  })

  it.each([
    ['Add e-mail to accounts', 'add_e_mail_to_accounts'],
    ['  Größe & Gewicht  ', 'größe_gewicht'],
    ['従業員を追加', '従業員を追加'],
    ['../../etc/passwd', 'etc_passwd'],
    ['C:\\x', 'c_x'],
    ['!!!', 'migration'],
  ])('%s becomes a slug', (title, slug) => {
    expect(slugOf(title)).toBe(slug)
  })

  it('keeps slugs short enough for any file system', () => {
    expect(Buffer.byteLength(slugOf('従'.repeat(200)))).toBeLessThanOrEqual(120)
  })

  it('compares numbers of any length', () => {
    expect(compareNames('99999999999999999998_a', '99999999999999999999_a')).toBe(-1)
  })
})
