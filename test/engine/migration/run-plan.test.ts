import { describe, expect, it } from 'vitest'
import type { MigrationAction } from '../../../contract/migration'
import type { FolderContents, MigrationFile } from '../../../electron/engine/migration/migration-folder'
import type { HistoryRow } from '../../../electron/engine/migration/migration-history'
import { readScript } from '../../../electron/engine/migration/migration-script'
import { overviewOf } from '../../../electron/engine/migration/migration-state'
import { planRun } from '../../../electron/engine/migration/run-plan'

const script = (file: string, text: string, part: 'up' | 'down') =>
  readScript(file, text, part, { hasStandardStrings: true })

function aFile(name: string, changes: { up?: string; down?: string | null; problem?: string } = {}): MigrationFile {
  const { up = `create table "${name}" ()`, down = `drop table "${name}"`, problem = null } = changes
  return {
    name,
    upFile: `${name}.up.sql`,
    downFile: `${name}.down.sql`,
    up: script(`${name}.up.sql`, up, 'up'),
    down: down === null ? null : script(`${name}.down.sql`, down, 'down'),
    problem,
  }
}

function aRow(file: MigrationFile, seq: number, changes: Partial<HistoryRow> = {}): HistoryRow {
  return {
    name: file.name,
    seq,
    title: null,
    checksum: file.up?.checksum ?? '',
    downChecksum: file.down?.checksum ?? null,
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
    ...changes,
  }
}

const contentsOf = (migrations: readonly MigrationFile[]): FolderContents => ({
  folder: '/m',
  problem: null,
  isReadable: true,
  migrations,
})
const plan = (action: MigrationAction, files: readonly MigrationFile[], rows: readonly HistoryRow[] = []) =>
  planRun({ action, contents: contentsOf(files), rows, keptDowns: new Map(), lockHolder: null })
const names = (action: MigrationAction, files: readonly MigrationFile[], rows: readonly HistoryRow[] = []) =>
  plan(action, files, rows).steps.map((step) => step.name)

const [a, b, c, d] = [aFile('1_a'), aFile('2_b'), aFile('3_c'), aFile('4_d')]
const files = [a, b, c, d]
const applied = [aRow(a, 1), aRow(c, 2)] // b is late, d is pending

describe('run plan', () => {
  it.each<[MigrationAction, readonly string[]]>([
    [{ kind: 'apply all' }, ['2_b', '4_d']],
    [{ kind: 'apply next' }, ['2_b']],
    [{ kind: 'apply up to', name: '4_d' }, ['2_b', '4_d']],
    [{ kind: 'apply up to', name: '2_b' }, ['2_b']],
    [{ kind: 'apply up to', name: '1_a' }, []],
    [{ kind: 'roll back last' }, ['3_c']],
    [{ kind: 'roll back to', name: '3_c' }, ['3_c']],
    [{ kind: 'roll back to', name: '1_a' }, ['3_c', '1_a']],
    [{ kind: 'roll back all' }, ['3_c', '1_a']],
  ])('of %j moves %j', (action, expected) => {
    expect(names(action, files, applied)).toEqual(expected)
    expect(plan(action, files, applied).refusals).toEqual([])
  })

  it('rolls back in the order opposite to applying, whatever the names', () => {
    expect(names({ kind: 'roll back all' }, files, [aRow(c, 1), aRow(a, 5), aRow(b, 9)])).toEqual(['2_b', '1_a', '3_c'])
  })

  it.each<[MigrationAction, string]>([
    [{ kind: 'apply up to', name: '9_x' }, 'There is no migration "9_x". Refresh the list.'],
    [{ kind: 'apply up to', name: '' }, 'There is no migration "". Refresh the list.'],
    [{ kind: 'roll back to', name: '2_b' }, '"2_b" is not applied, so it cannot be rolled back.'],
  ])('refuses %j', (action, message) => {
    const { steps, refusals } = plan(action, files, applied)

    expect([steps, refusals.map((each) => each.message)]).toEqual([[], [message]])
  })

  it('refuses a dependency that is not met', () => {
    const needy = (depends: string) => aFile('2_b', { up: `-- depends: ${depends}\nselect 1` })
    const message = (depends: string) =>
      plan({ kind: 'apply all' }, [a, needy(depends), c]).refusals.map((each) => each.message)

    expect([message('1_a'), message('3_c'), message('0_x')]).toEqual([
      [],
      ['2_b.up.sql depends on 3_c, which sorts after it. Rename one of them.'],
      ['2_b.up.sql depends on 0_x, and there is no such migration.'],
    ])
  })

  it('says of a migration that is applied along which one depends on it', () => {
    const needy = aFile('3_c', { up: '-- depends: 1_a, 2_b\nselect 1' })

    const { steps } = plan({ kind: 'apply up to', name: '3_c' }, [
      a,
      b,
      needy,
      aFile('4_d', { up: needy.up?.text ?? '' }),
    ])

    expect(steps.map(({ name, reason }) => [name, reason])).toEqual([
      ['1_a', 'Not applied yet. 3_c depends on it.'],
      ['2_b', 'Not applied yet. 3_c depends on it.'],
      ['3_c', 'Not applied yet.'],
    ])
  })

  it('does not roll back what one that stays depends on', () => {
    const needy = aFile('1_a', { up: '-- depends: 3_c\nselect 1' })

    const { refusals } = plan({ kind: 'roll back last' }, [needy, b, c], [aRow(needy, 1), aRow(b, 2), aRow(c, 3)])
    const whole = plan({ kind: 'roll back all' }, [needy, b, c], [aRow(needy, 1), aRow(b, 2), aRow(c, 3)])

    expect([refusals, whole.refusals]).toEqual([
      [{ path: '1_a', message: '1_a is applied and depends on 3_c. Roll back to 1_a, or further.' }],
      [],
    ])
  })

  it('refuses what a problem in either file would spoil later', () => {
    const broken = aFile('2_b', { down: 'commit' })

    const { refusals } = plan({ kind: 'apply all' }, [a, broken])

    expect(refusals).toHaveLength(1)
    expect(refusals[0]?.message).toMatch(/^2_b.down.sql, line 1: COMMIT is not allowed here/)
  })

  it('has a digest of direction, names and texts', () => {
    const digest = (
      list: readonly MigrationFile[],
      action: MigrationAction = { kind: 'apply all' },
      rows: readonly HistoryRow[] = [],
    ) => plan(action, list, rows).digest
    const edited = aFile('2_b', { up: 'select 2' })

    expect(digest([a, b])).toBe(digest([a, b], { kind: 'apply up to', name: '2_b' }))
    expect(
      new Set([digest([a, b]), digest([a]), digest([a, edited]), digest([]), digest([], { kind: 'roll back all' })])
        .size,
    ).toBe(5)
  })

  it.each([
    [
      'failed',
      null,
      '"1_a" stopped half-way while it was applied without a transaction: statement 1 of 3 was the last to complete. It failed with: oops. Before anything else runs, select it and resume it, retry it or mark it.',
    ],
    [
      'running',
      null,
      '"1_a" was interrupted while it was applied without a transaction, since 2026-01-01T00:00:00.000Z: statement 1 of 3 was the last to complete. Before anything else runs, select it and resume it, retry it or mark it.',
    ],
    [
      'running',
      'Strata (backend 7)',
      '"1_a" is being applied by Strata (backend 7): statement 1 of 3 was the last to complete. Wait until it is done.',
    ],
  ] as const)('refuses everything while one is %s (lock of %s)', (status, lockHolder, message) => {
    const rows = [aRow(a, 1, { status, statementCount: 3, error: status === 'failed' ? 'oops' : null })]

    const { refusals } = planRun({
      action: { kind: lockHolder === null ? 'apply all' : 'roll back all' },
      contents: contentsOf(files),
      rows,
      keptDowns: new Map(),
      lockHolder,
    })

    expect(refusals[0]).toEqual({ path: '1_a', message })
  })

  it('plans what somebody else is applying now, to wait for it', () => {
    const { refusals, steps } = planRun({
      action: { kind: 'apply all' },
      contents: contentsOf(files),
      rows: [aRow(a, 1, { status: 'running', statementCount: 3 })],
      keptDowns: new Map(),
      lockHolder: 'Strata (backend 7)',
    })

    expect(refusals).toEqual([])
    expect([steps[0]?.name, steps[0]?.reason]).toEqual([
      '1_a',
      'Being applied now by Strata (backend 7): this run waits until that is done.',
    ])
  })
})

describe('migration states', () => {
  it('tells applied, changed, missing, failed, running, late and pending apart, applied order first', () => {
    const gone = aFile('0_gone')
    const e = aFile('5_e')
    const f = aFile('6_f')
    const g = aFile('7_g')
    const rows = [aRow(c, 1), aRow(a, 2, { checksum: 'other' }), aRow(gone, 3), aRow(e, 4, { status: 'running' })]

    const { migrations, appliedCount } = overviewOf(
      contentsOf([a, b, c, e, f, g]),
      rows,
      new Map([
        ['6_f', f.up?.checksum ?? ''],
        ['7_g', 'another text'],
      ]),
    )

    expect([appliedCount, migrations.map(({ name, state }) => `${name} ${state}`)]).toEqual([
      4,
      ['3_c applied', '1_a changed', '0_gone missing', '5_e running', '2_b late', '6_f failed', '7_g pending'],
    ])
  })

  it('says when there is no folder', () => {
    expect(overviewOf(null, [])).toEqual({ folder: null, folderProblem: null, migrations: [], appliedCount: 0 })
  })
})
