import type { Channel } from '../../contract/define'
import { maskScript } from '../../contract/mask-secrets'
import type {
  Rehearsal,
  RehearsalEvent,
  RehearsedMigration,
  RehearsedStatement,
  RollbackVerdict,
} from '../../contract/rehearsal'
import { describeFailure, withoutSecrets } from './describe-failure'
import { EXIT } from './exit-code'
import type { Interruption } from './interruption'
import type { OpenMigrations } from './open-migrations'
import type { Outcome, Result } from './result'
import { printable, type Style, type Terminal } from './terminal'

/** Units of a statement that are shown. */
const SHOWN_UNITS = 72

const LOCKS = 'Real locks are taken while this runs, each waited for at most 3 s. --scratch takes none on your tables.'

/** What a rehearsal may be told. */
export interface RehearseOptions {
  /** Null for all that are pending. */
  readonly name: string | null
  readonly isScratch: boolean
  readonly isCheck: boolean
}

/** Rehearses what is pending, or one migration, and says what it does and what its rollback leaves; nothing is kept. */
export async function rehearseMigrations(
  open: OpenMigrations,
  terminal: Terminal,
  interruption: Interruption,
  { name, isScratch, isCheck }: RehearseOptions,
): Promise<Result> {
  const { migrations, profileId, target, folder } = open
  let ended: Rehearsal | null = null
  const channel = new OneChannel((event) => {
    if (event.type === 'rehearsalEnded') ended = event.rehearsal
  })
  if (!isScratch) terminal.tell(terminal.toldIn('quiet', LOCKS))
  interruption.stopWith(() => channel.close())
  try {
    await migrations.rehearse({ profileId, name, place: isScratch ? 'scratch' : 'database' }, channel)
  } finally {
    interruption.stopWith(null)
  }
  const place = { database: target.database, host: target.host, folder }
  const rehearsal = ended as Rehearsal | null // written by the channel
  const interrupted = interruption.exitCode ?? EXIT.interrupted
  if (rehearsal === null) {
    return {
      exitCode: interrupted,
      outcome: 'cancelled',
      failure: null,
      fields: place,
      lines: ['Cancelled. Nothing is left of it.'],
    }
  }
  const [outcome, exitCode] = endOf(rehearsal, isCheck)
  return {
    outcome,
    exitCode: outcome === 'cancelled' ? interrupted : exitCode,
    failure: rehearsal.failure === null ? null : withoutSecrets(rehearsal.failure),
    fields: { ...place, rehearsal: masked(rehearsal) },
    lines: linesOf(rehearsal, terminal),
  }
}

/** The one who hears a rehearsal; closing it cancels. */
class OneChannel implements Channel<RehearsalEvent> {
  readonly send: (event: RehearsalEvent) => void
  isClosed = false
  private readonly closing: (() => void)[] = []

  constructor(send: (event: RehearsalEvent) => void) {
    this.send = send
  }

  onClose(listener: () => void): void {
    this.closing.push(listener)
  }

  close(): void {
    this.isClosed = true
    for (const listener of this.closing.splice(0)) listener()
  }
}

function endOf({ outcome, migrations }: Rehearsal, isCheck: boolean): [Outcome, number] {
  if (outcome === 'cancelled') return ['cancelled', EXIT.interrupted]
  if (outcome === 'failed' || migrations.some(({ verdict }) => verdict.kind === 'failed'))
    return ['failed', EXIT.failed]
  if (migrations.length === 0) return ['nothing to do', EXIT.done]
  const isFound = migrations.some(({ verdict }) => verdict.kind === 'leaves behind' || isUndeclared(verdict))
  return isCheck && isFound ? ['pending', EXIT.pending] : ['complete', EXIT.done]
}

/** No rollback, and no word about why. */
function isUndeclared(verdict: RollbackVerdict): boolean {
  return verdict.kind === 'impossible' && !verdict.reason.startsWith('Irreversible: ')
}

function linesOf(rehearsal: Rehearsal, terminal: Terminal): string[] {
  const { migrations, failure, prepared, notReached, movedSequences, elapsedMs } = rehearsal
  if (migrations.length === 0 && failure === null) return ['Nothing to rehearse.']
  const { styled } = terminal
  return [
    ...(prepared.length === 0 ? [] : [`Ran first, unmeasured: ${prepared.join(', ')}.`]),
    ...(failure === null ? [] : describeFailure(failure)),
    ...migrations.flatMap((migration) => [...linesOfMigration(migration, terminal), '']),
    ...(notReached.length === 0 ? [] : [styled('bad', `Not reached: ${notReached.join(', ')}.`)]),
    ...(movedSequences.length === 0 ? [] : [`Sequences that moved, and stay so: ${movedSequences.join(', ')}.`]),
    styled('quiet', rehearsal.about),
    `Rehearsed in ${Math.round(elapsedMs)} ms. Nothing else is left of it.`,
  ]
}

function linesOfMigration(migration: RehearsedMigration, { styled }: Terminal): string[] {
  const { name, up, down, changes, failure, verdict, elapsedMs } = migration
  const indented = (lines: readonly string[]) => lines.map((line) => `    ${line}`)
  const schema = (lines: readonly { sign: string; text: string }[]) =>
    indented(lines.map(({ sign, text }) => printable(`${sign} ${text}`)))
  const [words, style] = verdictWords(verdict)
  return [
    `${styled('strong', name)}  ${Math.round(elapsedMs)} ms`,
    ...indented(up.flatMap((statement) => linesOfStatement('up', statement))),
    ...indented(down.flatMap((statement) => linesOfStatement('down', statement))),
    ...(failure === null ? ['  Changes', ...(changes.length === 0 ? ['    none'] : schema(changes))] : []),
    ...(failure === null ? [] : indented(describeFailure(failure))),
    `  Rollback: ${styled(style, words)}`,
    ...('lines' in verdict ? schema(verdict.lines) : []),
    ...('failure' in verdict ? indented(describeFailure(verdict.failure)) : []),
  ]
}

function verdictWords(verdict: RollbackVerdict): [words: string, style: Style] {
  switch (verdict.kind) {
    case 'identical':
      return ['identical', 'good']
    case 'column order':
      return ['identical except for the order of columns', 'good']
    case 'leaves behind':
      return ['leaves behind', 'bad']
    case 'failed':
      return ['failed', 'bad']
    case 'impossible':
      return [`none. ${verdict.reason}`, 'notable']
    case 'not proven':
      return [`not proven. ${verdict.reason}`, 'notable']
  }
}

function linesOfStatement(way: 'up' | 'down', statement: RehearsedStatement): string[] {
  const { line, text, elapsedMs, rows, locks, rewritten, scanned, leftOut } = statement
  const whole = printable(maskScript(text).text).replace(/\s+/g, ' ')
  const shown = whole.length > SHOWN_UNITS ? `${whole.slice(0, SHOWN_UNITS)}…` : whole
  const time = elapsedMs === null ? '-' : `${Math.round(elapsedMs)} ms`
  const notes = [
    ...(rows === null || rows === 0 ? [] : [rows === 1 ? '1 row' : `${rows} rows`]),
    ...(locks.length === 0 ? [] : [`locks ${locks.map(({ relation, mode }) => `${relation} ${mode}`).join(', ')}`]),
    ...(rewritten.length === 0 ? [] : [`rewrites ${rewritten.join(', ')}`]),
    ...(scanned === 0 ? [] : [`scans ${scanned} rows`]),
    ...(leftOut === null ? [] : [`left out: ${leftOut}`]),
  ]
  const head = `${way.padEnd(4)}  line ${String(line).padEnd(4)}  ${time.padStart(7)}  ${shown}`
  return notes.length === 0 ? [head] : [head, `      ${printable(notes.join('; '))}`]
}

/** The rehearsal as it may be written to a log. */
function masked(rehearsal: Rehearsal): Rehearsal {
  const statements = (all: readonly RehearsedStatement[]) =>
    all.map((statement) => ({ ...statement, text: maskScript(statement.text).text }))
  const { migrations, failure } = rehearsal
  return {
    ...rehearsal,
    failure: failure && withoutSecrets(failure),
    migrations: migrations.map((each) => ({
      ...each,
      up: statements(each.up),
      down: statements(each.down),
      failure: each.failure && withoutSecrets(each.failure),
      verdict:
        each.verdict.kind === 'failed'
          ? { ...each.verdict, failure: withoutSecrets(each.verdict.failure) }
          : each.verdict,
    })),
  }
}
