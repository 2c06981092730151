import type { ProfileId } from '../../contract/profile'
import { type Rehearsal, type RehearsalEvent, type RehearsalPlace, rehearsalEvent } from '../../contract/rehearsal'
import type { Project } from './migration-project'

/** Rehearses a project's migrations, every event checked against the contract, and answers with how it ended. */
export async function rehearseIn(
  { migrations, profileId }: Pick<Project, 'migrations'> & { readonly profileId: ProfileId },
  name: string | null = null,
  place: RehearsalPlace = 'database',
): Promise<Rehearsal> {
  const events: RehearsalEvent[] = []
  const channel = {
    send: (event: RehearsalEvent) => void events.push(structuredClone(rehearsalEvent.parse(event))),
    isClosed: false,
    onClose: () => {},
  }
  await migrations.rehearse({ profileId, name, place }, channel)
  const last = events.at(-1)
  if (last?.type !== 'rehearsalEnded') throw new Error('the rehearsal did not end')
  return last.rehearsal
}
