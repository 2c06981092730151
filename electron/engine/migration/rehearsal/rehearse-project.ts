import type { Channel } from '../../../../contract/define'
import type { Rehearsal, RehearsalEvent, RehearsalPlace, RehearsedMigration } from '../../../../contract/rehearsal'
import type { Session } from '../../session/session'
import { chooseWork, type ProjectState } from './choose-work'
import { REHEARSAL_LOCK_TIMEOUT, type RehearsalWork, rehearse } from './rehearse'
import { onScratchDatabase } from './scratch-database'

/** What rehearsing a project needs. */
export interface ProjectRehearsal {
  /** Null for all that would be applied. */
  readonly name: string | null
  readonly place: RehearsalPlace
  /** Closing it cancels the rehearsal. */
  readonly channel: Channel<RehearsalEvent>
  /** A session of the rehearsal's own, in the project's database or in another of its server. */
  readonly openSession: (database?: string) => Promise<Session>
  readonly read: (session: Session) => Promise<ProjectState>
}

/** Rehearses migrations of a project where the user wants it and tells how it goes; rejects when nothing could begin. */
export async function rehearseProject({ name, place, channel, openSession, read }: ProjectRehearsal): Promise<void> {
  const abort = new AbortController()
  channel.onClose(() => abort.abort())
  const startedAt = performance.now()
  const session = await openSession()
  let second: Promise<Session> | null = null
  try {
    const state = await read(session)
    const { preparations, pairs, replayed, isAfterOwnRollback } = await chooseWork(state, name, place)
    const tell: RehearsalWork['tell'] = (migration, direction, statement) =>
      channel.send({ type: 'statementRehearsed', name: migration, direction, statement })
    const control = () => {
      second ??= openSession()
      return second
    }
    // On a scratch copy nobody holds a lock.
    const watched = place === 'database' ? { control } : {}
    const work: RehearsalWork = { preparations, pairs, signal: abort.signal, tell, ...watched }
    const measured = pairs.flatMap(({ up, down }) => (down === null ? [up] : [up, down]))
    const scripts = [...preparations.map(({ script }) => script), ...measured]
    const statementCount = scripts.reduce((sum, { statements }) => sum + statements.length, 0)
    const rehearseIn = async (where: Session, about: string): Promise<Rehearsal> => {
      channel.send({ type: 'rehearsalBegan', about, statementCount })
      const result = await rehearse(where, work)
      return {
        place,
        database: where.facts.database,
        about,
        outcome: result.outcome,
        failure: result.failure,
        migrations: result.migrations.map((each) => (isAfterOwnRollback ? unproven(each) : each)),
        prepared: [...result.prepared],
        notReached: [...result.notReached],
        // A scratch database is gone, and its sequences with it.
        movedSequences: place === 'scratch' ? [] : [...result.movedSequences],
        elapsedMs: performance.now() - startedAt,
      }
    }
    const rehearsal =
      place === 'database'
        ? await rehearseIn(session, ON_DATABASE)
        : await onScratchDatabase({ session, state, replayed, openSession, signal: abort.signal }, rehearseIn)
    channel.send({ type: 'rehearsalEnded', rehearsal })
  } catch (error) {
    if (!abort.signal.aborted) throw error // nobody hears why a cancelled one stopped
  } finally {
    await session.end()
    await (second as Promise<Session> | null)?.then((opened) => opened.end()).catch(() => {})
  }
}

const ON_DATABASE = `In a transaction on this database that was rolled back. Each lock was waited for at most ${REHEARSAL_LOCK_TIMEOUT.replace('s', ' s')}.`

/** A rollback compared with what it made itself is no proof, unless it differs even from that. */
function unproven(migration: RehearsedMigration): RehearsedMigration {
  const { kind } = migration.verdict
  if (kind !== 'identical' && kind !== 'column order') return migration
  const reason =
    'The migration is applied, so it was rolled back first, and the schema from before it is not known here. On a scratch copy it is.'
  return { ...migration, verdict: { kind: 'not proven', reason } }
}
