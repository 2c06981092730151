import type { Loss, LossEvent } from '../../contract/loss'
import type { MigrationPlan } from '../../contract/migration'
import type { OpenMigrations } from './open-migrations'
import { printable, type Terminal } from './terminal'

/** Tells what a plan would destroy, counted, before somebody agrees to it; nothing when no statement of it can. */
export async function tellLosses(open: OpenMigrations, plan: MigrationPlan, { tell, toldIn }: Terminal): Promise<void> {
  const { digest, action, isAllOrNothing } = plan
  const losses = new Map<number, Loss>()
  const hear = (event: LossEvent) => {
    if (event.type === 'lossesFound') {
      for (const loss of event.losses) losses.set(loss.id, loss)
      if (event.note !== null) tell(toldIn('quiet', printable(event.note)))
      return
    }
    const loss = losses.get(event.id)
    if (loss !== undefined) losses.set(event.id, { ...loss, counted: event.counted })
  }
  const channel = { send: hear, isClosed: false, onClose: () => {} }
  // Whether it is production is not known here; whoever gave the command is about to take the same locks.
  const input = { profileId: open.profileId, action, digest, isAllOrNothing, mayTry: true }
  await open.migrations.losses(input, channel)
  if (losses.size === 0) return
  tell(toldIn('bad', 'This destroys data:'))
  for (const loss of losses.values()) tell(`  ${printable(inWords(loss))}`)
}

function inWords(loss: Loss): string {
  const { kind, migration, relation, relationKind, column, fromType, toType, counted } = loss
  const about = counted?.isEstimate ? 'about ' : ''
  const rows = counted?.rows == null ? 'an unknown number of rows' : `${about}${counted.rows} rows`
  const values = counted?.values == null ? 'an unknown number of values' : `${about}${counted.values} values`
  const by = `(${migration})`
  switch (kind) {
    case 'relation':
      return `${relationKind} ${relation} with ${rows} ${by}`
    case 'column':
      return `column ${relation}.${column} with ${values} ${by}`
    case 'truncated rows':
    case 'deleted rows':
      return `${rows} of ${relationKind} ${relation} ${by}`
    case 'converted column':
      return `${values} of column ${relation}.${column}, converted from ${fromType} to ${toType ?? 'other values'} ${by}`
  }
}
