import type { Migration, MigrationOverview, MigrationState, StoppedMigration } from '../../contract/migration'
import { refusal } from '../engine/failure-error'
import { EXIT } from './exit-code'
import type { OpenMigrations } from './open-migrations'
import type { Result } from './result'
import { printable, type Style, type Terminal } from './terminal'

const STYLES: Readonly<Record<string, Style>> = {
  pending: 'notable',
  applied: 'good',
  running: 'notable',
  failed: 'bad',
  changed: 'notable',
  missing: 'notable',
  late: 'notable',
}

/** The states of all migrations; with `isCheck` it ends with a code of its own when one is not applied. */
export async function showStatus(open: OpenMigrations, terminal: Terminal, isCheck: boolean): Promise<Result> {
  const { migrations, profileId, target } = open
  const overview = await migrations.list(profileId)
  if (overview.folderProblem !== null && overview.migrations.length === 0) throw refusal('dir', overview.folderProblem)
  const states = overview.migrations.map((each) => each.state)
  const openCount = states.filter(isNotApplied).length
  const isPending = isCheck && openCount > 0
  return {
    exitCode: isPending ? EXIT.pending : EXIT.done,
    outcome: isPending ? 'pending' : 'complete',
    failure: null,
    fields: {
      database: target.database,
      host: target.host,
      folder: open.folder,
      folderProblem: overview.folderProblem,
      tool: overview.foreign?.tool ?? null,
      applied: states.length - openCount,
      pending: openCount,
      migrations: overview.migrations,
    },
    lines: linesOf(open, overview, openCount, terminal),
  }
}

/** True for states in which a migration has yet to be applied, or to be brought to an end. */
function isNotApplied(state: MigrationState): boolean {
  return state === 'pending' || state === 'late' || state === 'failed' || state === 'running'
}

function linesOf(
  { target, folder }: OpenMigrations,
  { migrations, folderProblem, foreign }: MigrationOverview,
  openCount: number,
  { styled }: Terminal,
): string[] {
  const place = `${styled('strong', target.database)} at ${target.host}:${target.port}`
  const counted = `${folder}: ${migrations.length - openCount} applied, ${openCount} not applied`
  const problems = folderProblem === null ? [] : [styled('notable', folderProblem)]
  const owner = foreign === undefined ? [] : [styled('quiet', `A folder of ${foreign.tool}. ${foreign.meaning}`)]
  const position = foreign?.position == null ? [] : [foreign.position]
  const head = [place, counted, ...owner, ...position, ...problems]
  if (migrations.length === 0) return [...head, '', 'No migrations yet. Make one with: strata migrate new "Title".']
  const stateWidth = Math.max(...migrations.map(({ state }) => state.length))
  const nameWidth = Math.max(...migrations.map(({ name }) => name.length))
  const rows = migrations.map((migration) => {
    const { state, name } = migration
    const cells = [
      styled(STYLES[state] ?? 'plain', state.padEnd(stateWidth)),
      name.padEnd(nameWidth),
      timeOf(migration.appliedAt),
      styled('quiet', notesOf(migration).join('; ')),
    ]
    return `  ${cells.join('  ')}`.trimEnd()
  })
  return [...head, '', ...rows]
}

const NO_TIME = ' '.repeat('2000-01-01 00:00 UTC'.length)

function timeOf(appliedAt: string | null): string {
  return appliedAt === null ? NO_TIME : `${appliedAt.slice(0, 16).replace('T', ' ')} UTC`
}

function notesOf({ state, problem, isTransactional, irreversibleBecause, stopped }: Migration): string[] {
  const notes: string[] = []
  if (state === 'changed') notes.push('its file was edited after it was applied')
  if (state === 'missing') notes.push('its file is gone')
  if (state === 'late') notes.push('sorts before one that is applied')
  if (stopped !== null) notes.push(...placeOf(stopped))
  else if (state === 'running') notes.push('at work')
  if (!isTransactional) notes.push('outside a transaction')
  if (problem !== null) notes.push(problem)
  else if (irreversibleBecause !== null && state !== 'missing') notes.push('cannot be rolled back')
  return notes.map(printable)
}

/** Where it stands and what it left, for strata migrate repair. */
function placeOf({ direction, completed, statementCount, error, invalidIndexes }: StoppedMigration): string[] {
  const participle = direction === 'apply' ? 'applied' : 'rolled back'
  const how = error === null ? 'interrupted' : 'stopped'
  const indexes = invalidIndexes.length === 0 ? [] : [`left INVALID: ${invalidIndexes.join(', ')}`]
  return [
    `${how} while it was ${participle}, ${completed} of ${statementCount} statements done`,
    ...(error === null ? [] : [error]),
    ...indexes,
  ]
}
