import type { Migration, MigrationOverview, MigrationState } from '../../../contract/migration'
import { missingDependency } from './dependencies'
import type { FolderContents, MigrationFile } from './migration-folder'
import { type HistoryRow, isLate } from './migration-history'
import { dateFromName, titleFromName } from './migration-name'
import { type HalfWay, stoppedOf } from './stopped-migration'

/** Checksums of the files whose last run failed here, by name. */
export type LastFailures = ReadonlyMap<string, string>

/** The overview of a folder against a history: applied ones in applied order, then the rest in file order. */
export function overviewOf(
  contents: FolderContents | null,
  rows: readonly HistoryRow[],
  failures: LastFailures = new Map(),
  halfWay: HalfWay = { lockHolder: null, invalidIndexes: [] },
): Omit<MigrationOverview, 'isPooled'> {
  if (contents === null || !contents.isReadable) {
    return {
      folder: contents?.folder ?? null,
      folderProblem: contents?.problem ?? null,
      migrations: [],
      appliedCount: 0,
    }
  }
  const files = new Map(contents.migrations.map((file) => [file.name, file]))
  const recorded = new Set(rows.map((row) => row.name))
  const isKnown = (name: string) => files.has(name) || recorded.has(name)
  return {
    folder: contents.folder,
    folderProblem: contents.problem,
    migrations: [
      ...rows.map((row) =>
        describe(row.name, files.get(row.name), row, recordedState(files.get(row.name), row), halfWay),
      ),
      ...contents.migrations
        .filter((file) => !recorded.has(file.name))
        .map((file) => {
          const described = describe(
            file.name,
            file,
            undefined,
            openState(file, rows, failures, contents.compare),
            halfWay,
          )
          return { ...described, problem: described.problem ?? missingDependency(file, isKnown) }
        }),
    ],
    appliedCount: rows.length,
  }
}

/** The state of a migration that is in the history. */
function recordedState(file: MigrationFile | undefined, row: HistoryRow): MigrationState {
  if (row.status !== 'applied') return row.status
  if (file?.up == null) return 'missing'
  return file.up.checksum === row.checksum ? 'applied' : 'changed'
}

/** The state of a migration that is not in the history. */
function openState(
  file: MigrationFile,
  rows: readonly HistoryRow[],
  failures: LastFailures,
  compare?: FolderContents['compare'],
): MigrationState {
  if (file.up !== null && failures.get(file.name) === file.up.checksum) return 'failed'
  return isLate(file.name, rows, compare) ? 'late' : 'pending'
}

/** Why a migration cannot be rolled back; null when it can. The rollback file counts, and where all files are gone the text kept. */
export function irreversibleBecause(file: MigrationFile | undefined, row: HistoryRow | undefined): string | null {
  if (file?.down != null) {
    if (file.down.problem !== null) return file.down.problem
    if (file.down.statements.length > 0 || file.rollbackNote !== undefined) return null
    return `${file.down.file} holds no statement. Write how to undo the migration, or SELECT 1 if nothing is to be undone.`
  }
  if (file?.up != null) {
    const reason = file.up.header.irreversible
    return reason === null
      ? `There is no ${file.downFile}. Write one, or say "-- irreversible: why" in ${file.up.file}.`
      : `Irreversible: ${reason}`
  }
  return row?.hasDownText ? null : 'Its files are gone, and the history keeps no rollback of it.'
}

/** What is wrong with a migration's files so that it cannot be applied; null when it can. */
export function problemOf(file: MigrationFile): string | null {
  if (file.problem !== null) return file.problem
  if (file.up !== null && file.up.problem !== null) return file.up.problem
  if (file.down !== null && file.down.problem !== null) return file.down.problem
  if (file.up !== null && file.up.statements.length === 0 && !file.isEmptyMeant)
    return `${file.up.file} holds no statement yet.`
  return null
}

/** The title of a migration: of its header, of the history, or the words of its name. */
export function titleOf(name: string, file: MigrationFile | undefined, row: HistoryRow | undefined): string {
  return file?.up?.header.title ?? (file?.up == null ? row?.title : null) ?? titleFromName(name)
}

function describe(
  name: string,
  file: MigrationFile | undefined,
  row: HistoryRow | undefined,
  state: MigrationState,
  halfWay: HalfWay,
): Migration {
  const isRecorded = row?.status === 'applied'
  return {
    name,
    title: titleOf(name, file, row),
    date: dateFromName(name),
    state,
    isTransactional: file?.up?.header.isTransactional ?? row?.isTransactional ?? true,
    statementCount: file?.up?.statements.length ?? row?.statementCount ?? 0,
    irreversibleBecause: irreversibleBecause(file, row),
    appliedAt: isRecorded ? row.finishedAt : null,
    appliedBy: isRecorded ? row.appliedBy || null : null,
    durationMs: isRecorded ? row.durationMs : null,
    problem: file === undefined ? null : problemOf(file),
    stopped:
      row === undefined ? null : stoppedOf(row, (row.direction === 'apply' ? file?.up : file?.down) ?? null, halfWay),
  }
}
