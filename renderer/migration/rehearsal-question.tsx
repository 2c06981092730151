import type { ReactNode } from 'react'
import type { Environment, ProfileId } from '../../contract/profile'
import { RehearsalDialog } from './rehearsal-dialog'
import type { Rehearsals } from './rehearsal-store'
import { dismissRehearsal, startRehearsal } from './run-rehearsal'
import type { ShownMigrations } from './shown-migrations'

/** The dialog that asks where to rehearse, while that is asked; nothing else. */
export function RehearsalQuestion(
  props: Pick<Rehearsals, 'asked' | 'place'> & {
    readonly profileId: ProfileId
    readonly profileName: string
    readonly environment: Environment
    readonly shown: ShownMigrations
  },
): ReactNode {
  const { profileId, profileName, environment, asked, place, shown } = props
  if (asked === null) return null
  return (
    <RehearsalDialog
      what={rehearsalWords(asked.name, shown)}
      profileName={profileName}
      environment={environment}
      // Only there is the schema known from before one that is applied; and production is nobody's first choice.
      place={isAppliedIn(asked.name, shown) || environment === 'production' ? 'scratch' : place}
      onStart={(chosen) => void startRehearsal(profileId, chosen)}
      onClose={() => dismissRehearsal(profileId)}
    />
  )
}

function isAppliedIn(name: string | null, { rows, appliedCount }: ShownMigrations): boolean {
  return rows.slice(0, appliedCount).some((row) => row.migration.name === name)
}

function rehearsalWords(name: string | null, { rows, appliedCount }: ShownMigrations): string {
  if (name === null) {
    const count = rows.length - appliedCount
    return `Applies ${count === 1 ? 'the pending migration' : `all ${count} pending migrations in order`}, and rolls each back again.`
  }
  const index = rows.findIndex((row) => row.migration.name === name)
  const title = rows[index]?.migration.title ?? name
  const before = index - appliedCount
  if (index < appliedCount) {
    return `“${title}” is applied. On this database it is rolled back first, with everything applied after it; on a scratch copy only what was applied before it is there. Then its file is applied, and rolled back again.`
  }
  const first =
    before === 0 ? '' : before === 1 ? ', after the pending one before it' : `, after the ${before} pending before it`
  return `Applies “${title}”${first}, and rolls it back again.`
}
