import { describe, expect, it } from 'vitest'
import type { MigrationFile } from '../../../electron/engine/migration/migration-folder'
import type { HistoryRow } from '../../../electron/engine/migration/migration-history'
import { checksumOf, readScript } from '../../../electron/engine/migration/migration-script'
import { overviewOf } from '../../../electron/engine/migration/migration-state'

const UP = 'select 1;'

/** A pair of files; a text left out is a file that is not there. */
function aFile(name: string, up: string | null = UP, down: string | null = 'select 2;'): MigrationFile {
  const read = (part: 'up' | 'down', text: string | null) =>
    text === null ? null : readScript(`${name}.${part}.sql`, text, part, { hasStandardStrings: true })
  return {
    name,
    upFile: `${name}.up.sql`,
    downFile: `${name}.down.sql`,
    up: read('up', up),
    down: read('down', down),
    problem: null,
  }
}

/** A row of a migration that was applied with `UP`. */
function aRow(name: string, seq: number, rest: Partial<HistoryRow> = {}): HistoryRow {
  return {
    name,
    seq,
    title: null,
    checksum: checksumOf(UP),
    downChecksum: null,
    isTransactional: true,
    hasDownText: true,
    status: 'applied',
    direction: 'apply',
    statementNumber: 1,
    statementCount: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:01.000Z',
    durationMs: 1000,
    appliedBy: 'app',
    error: null,
    ...rest,
  }
}

const overview = (
  files: readonly MigrationFile[],
  rows: readonly HistoryRow[],
  failures?: ReadonlyMap<string, string>,
) => overviewOf({ folder: '/m', problem: null, isReadable: true, migrations: files }, rows, failures)
const statesOf = (...input: Parameters<typeof overview>) =>
  overview(...input).migrations.map(({ name, state }) => `${name} ${state}`)

describe('the states of migrations', () => {
  it('are all told apart, applied ones in applied order and then the files', () => {
    const files = [
      aFile('1_late'),
      aFile('2_applied'),
      aFile('3_changed', 'select 3;'),
      aFile('6_failed'),
      aFile('7_pending'),
      aFile('8_stopped'),
      aFile('9_running'),
    ]
    const rows = [
      aRow('3_changed', 1),
      aRow('2_applied', 2),
      aRow('4_missing', 3),
      aRow('8_stopped', 4, { status: 'failed' }),
      aRow('9_running', 5, { status: 'running' }),
    ]

    const states = statesOf(files, rows, new Map([['6_failed', checksumOf(UP)]]))

    expect(states).toEqual([
      '3_changed changed',
      '2_applied applied',
      '4_missing missing',
      '8_stopped failed',
      '9_running running',
      '1_late late',
      '6_failed failed',
      '7_pending late',
    ])
  })

  it('are failed only as long as the file that failed is not edited', () => {
    expect(statesOf([aFile('1_a', 'select 3;')], [], new Map([['1_a', checksumOf(UP)]]))).toEqual(['1_a pending'])
  })

  it('are missing too where only the down file is left', () => {
    expect(statesOf([aFile('1_a', null)], [aRow('1_a', 1)])).toEqual(['1_a missing'])
  })

  it.each([
    ['which has a down file', aFile('1_a'), null],
    [
      'whose up file says why',
      aFile('1_a', '-- irreversible: rows are mailed\nselect 1;', null),
      'Irreversible: rows are mailed',
    ],
    [
      'without a down file',
      aFile('1_a', UP, null),
      'There is no 1_a.down.sql. Write one, or say "-- irreversible: why" in 1_a.up.sql.',
    ],
    [
      'whose down file is empty',
      aFile('1_a', UP, '-- to do\n'),
      '1_a.down.sql holds no statement. Write how to undo the migration, or SELECT 1 if nothing is to be undone.',
    ],
  ])('come with why one cannot be rolled back: one %s', (_, file, reason) => {
    expect(overview([file], []).migrations[0]?.irreversibleBecause).toBe(reason)
  })

  it('come with a dependency that is neither in the folder nor applied', () => {
    const problems = overview(
      [aFile('2_b', '-- depends: 1_a\nselect 1;'), aFile('3_c', '-- title: c\n-- depends: 2_b, 0_x\nselect 1;')],
      [aRow('1_a', 1)],
    ).migrations.map(({ name, problem }) => [name, problem])

    expect(problems).toEqual([
      ['1_a', null],
      ['2_b', null],
      ['3_c', '3_c.up.sql, line 2: It depends on 0_x, and there is no such migration.'],
    ])
  })
})
