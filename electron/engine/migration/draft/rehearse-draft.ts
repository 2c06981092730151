import type { DraftRehearsal, DraftTexts } from '../../../../contract/draft'
import type { Session } from '../../session/session'
import { readScript } from '../migration-script'
import { rehearse } from '../rehearsal/rehearse'

const NAME = 'draft'

/**
 * Rehearses a draft before it is a file: up, compare, down, compare, everything rolled back. One that was run by hand already is
 * rehearsed the other way round: down, then up. The session must be its caller's alone.
 */
export async function rehearseDraft(
  session: Session,
  { up, down, isDone }: DraftTexts & { readonly isDone: boolean },
  signal: AbortSignal,
): Promise<DraftRehearsal> {
  const options = { hasStandardStrings: session.hasStandardStrings }
  const upScript = readScript('up.sql', up, 'up', options)
  const downScript = down === null ? null : readScript('down.sql', down, 'down', options)
  const irreversibleBecause = down === null ? 'It has no rollback.' : null
  const pair =
    isDone && downScript !== null
      ? { name: NAME, up: downScript, down: upScript, irreversibleBecause }
      : { name: NAME, up: upScript, down: downScript, irreversibleBecause }
  const { migrations, movedSequences } = await rehearse(session, { preparations: [], pairs: [pair], signal })
  return { migration: migrations[0] ?? null, movedSequences: [...movedSequences] }
}
