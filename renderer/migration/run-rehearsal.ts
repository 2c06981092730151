import type { ProfileId } from '../../contract/profile'
import type { RehearsalPlace } from '../../contract/rehearsal'
import { type OpenStream, openStream } from '../bridge'
import { now } from './clock'
import { selectMigration } from './load-migrations'
import { noteMigrations } from './migration-store'
import { noteRehearsalEvent, noteRehearsals, rehearsalsOf } from './rehearsal-store'

/** Asks the user where to rehearse; null stands for all that are pending. */
export function askRehearsal(profileId: ProfileId, name: string | null): void {
  if (rehearsalsOf(profileId).running === null) noteRehearsals(profileId, { asked: { name } })
}

/** Closes the question. */
export function dismissRehearsal(profileId: ProfileId): void {
  noteRehearsals(profileId, { asked: null })
}

/** Rehearses what was asked about and shows it in the tab "Effect"; resolves when it has ended. */
export async function startRehearsal(profileId: ProfileId, place: RehearsalPlace): Promise<void> {
  const { asked, running } = rehearsalsOf(profileId)
  if (asked === null || running !== null) return
  const { name } = asked
  noteRehearsals(profileId, {
    asked: null,
    place,
    problem: null,
    wasCancelled: false,
    running: { name, place, about: '', begun: 0, count: 0, at: null, startedAt: now() },
  })
  noteMigrations(profileId, { type: 'tabChosen', tab: 'effect' })
  const stream = openStream('migration.rehearse', { profileId, name, place }, (event) => {
    noteRehearsalEvent(profileId, event, Date.now())
    if (event.type !== 'rehearsalEnded' || name !== null) return
    const { migrations } = event.rehearsal
    const worth = migrations.find(({ failure, verdict }) => failure !== null || verdict.kind !== 'identical')
    const shown = worth ?? migrations[0]
    if (shown !== undefined) selectMigration(profileId, shown.name)
  })
  streams.set(profileId, stream)
  const failure = await stream.ended
  if (streams.get(profileId) !== stream) return
  streams.delete(profileId)
  noteRehearsals(profileId, { running: null, ...(failure === null ? {} : { problem: { name, failure } }) })
}

/** Stops the rehearsal; the engine cancels its statement and rolls everything back. */
export function cancelRehearsal(profileId: ProfileId): void {
  const stream = streams.get(profileId)
  if (stream === undefined) return
  streams.delete(profileId)
  stream.close()
  noteRehearsals(profileId, { running: null, wasCancelled: true })
}

/** Forgets a profile that was left; a rehearsal in progress is stopped. */
export function forgetRehearsals(profileId: ProfileId): void {
  cancelRehearsal(profileId)
  noteRehearsals(profileId, { asked: null, effects: {}, problem: null, wasCancelled: false })
}

const streams = new Map<ProfileId, OpenStream>()
