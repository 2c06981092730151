import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FileChange } from '../../../contract/migration-change'
import { compareFiles } from '../../../electron/engine/migration/compare-files'
import { tryLock } from '../../../electron/engine/migration/migration-lock'
import { openSession } from '../../../electron/engine/session/connect'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'

const UP = '-- title: Coupons\ncreate table coupon (\n  id int,\n  code text\n);\n'
const EDITED = UP.replace('id int', 'id bigint')
const DOWN = 'drop table coupon;\n'

describe('files of applied migrations', () => {
  let database: TestDatabase
  let project: Project
  beforeAll(async () => {
    database = await createDatabase('app')
  })
  beforeEach(async () => {
    project = await createProject(database)
    await project.add('1_a', UP, DOWN)
    await project.act({ kind: 'apply all' })
  })
  afterEach(async () => {
    await project.remove()
    await database.query('drop schema if exists strata cascade; drop table if exists coupon')
  })
  afterAll(() => database.drop())

  const at = (file: string) => join(project.folder, file)
  const compare = () => project.migrations.compare(project.profileId, '1_a')
  const accept = async () =>
    project.migrations.accept({
      profileId: project.profileId,
      name: '1_a',
      checksum: (await compare())?.up?.checksum ?? '',
    })
  const restore = async (file: 'up' | 'down', checksum: string | null) =>
    project.migrations.restore({ profileId: project.profileId, name: '1_a', file, checksum })

  it('are changed when they were edited, with the lines that differ', async () => {
    await writeFile(at('1_a.up.sql'), EDITED)

    const change = await compare()

    expect(await project.states()).toEqual({ '1_a': 'changed' })
    expect([change?.up?.added, change?.up?.removed, change?.down]).toEqual([1, 1, null])
    expect(unified(change?.up)).toEqual([
      ' 1 1 -- title: Coupons',
      ' 2 2 create table coupon (',
      '-3   id int,',
      '+3   id bigint,',
      ' 4 4   code text',
      ' 5 5 );',
    ])
  })

  it.each([
    ['line ends of Windows', UP.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${UP}`],
    ['blanks at line ends', UP.replaceAll('\n', ' \t\n')],
    ['empty lines at the end', `${UP}\n\n`],
    ['all of them', `\ufeff${UP.replaceAll('\n', '  \r\n')}\r\n`],
  ])('are not changed by %s', async (_, text) => {
    await writeFile(at('1_a.up.sql'), text)

    expect([await project.states(), (await compare())?.up]).toEqual([{ '1_a': 'applied' }, null])
  })

  it('are changed even when size, time and name of the file stayed as they were', async () => {
    const before = await stat(at('1_a.up.sql'))
    const first = await project.states()
    await writeFile(at('1_a.up.sql'), UP.replace('id int', 'no int'))
    await utimes(at('1_a.up.sql'), before.atime, before.mtime)

    expect([first, await project.states()]).toEqual([{ '1_a': 'applied' }, { '1_a': 'changed' }])
  })

  it('are changed by a blank within a line', async () => {
    await writeFile(at('1_a.up.sql'), UP.replace('code text', 'code  text'))

    expect(await project.states()).toEqual({ '1_a': 'changed' })
  })

  it('are not changed by a repaired rollback, whose lines are told all the same', async () => {
    await writeFile(at('1_a.down.sql'), 'drop table if exists coupon;\n')

    const change = await compare()

    expect([await project.states(), change?.up]).toEqual([{ '1_a': 'applied' }, null])
    expect(unified(change?.down)).toEqual(['-1 drop table coupon;', '+1 drop table if exists coupon;'])
  })

  it('are applied again once the new text is accepted, which the log keeps with the old one', async () => {
    await writeFile(at('1_a.up.sql'), EDITED)

    await accept()

    expect([await project.states(), (await compare())?.up]).toEqual([{ '1_a': 'applied' }, null])
    const { rows } = await database.query(
      "select action, detail #>> '{was,up}' as was, (select up_sql from strata.migration) as now from strata.log order by id desc limit 1",
    )
    expect(rows).toEqual([{ action: 'accept-drift', was: UP, now: EDITED }])
  })

  it('are not accepted when they were edited again', async () => {
    await writeFile(at('1_a.up.sql'), EDITED)
    const shown = (await compare())?.up?.checksum ?? ''
    await writeFile(at('1_a.up.sql'), `${EDITED}select 1;`)

    const accepting = project.migrations.accept({ profileId: project.profileId, name: '1_a', checksum: shown })

    await expect(accepting).rejects.toThrow('1_a.up.sql was changed again. Nothing was accepted.')
    expect(await project.states()).toEqual({ '1_a': 'changed' })
  })

  it('are not accepted while somebody else migrates', async () => {
    await writeFile(at('1_a.up.sql'), EDITED)
    const { profileId } = project
    const { target, password } = database
    const holder = await openSession({ profileId, target, password, applicationName: 'other' })
    await tryLock(holder)

    await expect(accept()).rejects.toThrow('Somebody else migrates this database now. Nothing was accepted.')

    await holder.end()
  })

  it('get the text back with which they were applied', async () => {
    await writeFile(at('1_a.up.sql'), EDITED)

    await restore('up', (await compare())?.up?.checksum ?? null)

    expect([await readFile(at('1_a.up.sql'), 'utf8'), await project.states()]).toEqual([UP, { '1_a': 'applied' }])
  })

  it('are not written over when they were edited meanwhile', async () => {
    await writeFile(at('1_a.up.sql'), EDITED)
    const shown = (await compare())?.up?.checksum ?? null
    await writeFile(at('1_a.up.sql'), `${EDITED}-- more`)

    await expect(restore('up', shown)).rejects.toThrow('1_a.up.sql was changed meanwhile. Nothing was written.')

    expect(await readFile(at('1_a.up.sql'), 'utf8')).toBe(`${EDITED}-- more`)
  })

  it('are written again when they are gone', async () => {
    await rm(at('1_a.up.sql'))
    await rm(at('1_a.down.sql'))
    const missing = await project.states()

    await restore('up', null)
    await restore('down', null)

    expect([missing, await project.states()]).toEqual([{ '1_a': 'missing' }, { '1_a': 'applied' }])
    expect(await readFile(at('1_a.down.sql'), 'utf8')).toBe(DOWN)
  })

  it('are rolled back from the text kept when they are gone', async () => {
    await rm(at('1_a.up.sql'))
    await rm(at('1_a.down.sql'))

    const { committed } = await project.act({ kind: 'roll back last' })

    expect([committed, await project.states()]).toEqual([['1_a'], {}])
    expect((await database.query("select to_regclass('coupon') as t")).rows).toEqual([{ t: null }])
  })

  it('are not restored when the history keeps no text of them, as it does not above 1 MB', async () => {
    await project.add('2_big', `select ${'1'.repeat(10)}; -- ${'x'.repeat(1024 * 1024)}`, 'select 1')
    await project.act({ kind: 'apply all' })
    await rm(at('2_big.up.sql'))

    const change = await project.migrations.compare(project.profileId, '2_big')
    const restoring = project.migrations.restore({
      profileId: project.profileId,
      name: '2_big',
      file: 'up',
      checksum: null,
    })

    expect(change).toEqual({ name: '2_big', up: null, down: null })
    await expect(restoring).rejects.toThrow('The history keeps no text of 2_big.up.sql. Nothing was written.')
  })

  it('have no comparison before they are applied', async () => {
    await project.add('2_b', 'select 1', 'select 1')

    expect(await project.migrations.compare(project.profileId, '2_b')).toBeNull()
  })
})

describe('the comparison of a long file', () => {
  const lines = Array.from({ length: 20_000 }, (_, at) => `select ${at};`)
  const change = (now: readonly string[]) =>
    compareFiles(
      { name: 'a', upFile: 'a.up.sql', downFile: 'a.down.sql', up: now.join('\n'), down: null },
      { up: lines.join('\n'), down: null },
    ).up

  it('leaves equal lines out that are far from a difference', () => {
    const edited = lines.with(10_000, 'select null;')

    expect(unified(change(edited))).toEqual([
      '… 9997',
      ...[9997, 9998, 9999].map((at) => ` ${at + 1} ${at + 1} select ${at};`),
      '-10001 select 10000;',
      '+10001 select null;',
      ...[10_001, 10_002, 10_003].map((at) => ` ${at + 1} ${at + 1} select ${at};`),
      '… 9996',
    ])
  })

  it('is cut where there are too many differences, and says how many there are', () => {
    const found = change(lines.map((line) => `${line} -- edited`))

    expect([found?.lines.length, found?.isCut, found?.added, found?.removed]).toEqual([5000, true, 20_000, 20_000])
  })
})

/** The lines as a unified diff shows them, with their numbers. */
function unified(change: FileChange | null | undefined): string[] {
  return (change?.lines ?? []).map((line) => {
    if (line.kind === 'same') return ` ${line.before} ${line.now} ${line.text}`
    if (line.kind === 'removed') return `-${line.before} ${line.text}`
    return line.kind === 'added' ? `+${line.now} ${line.text}` : `… ${line.count}`
  })
}
