import type { ProfileId } from '../../contract/profile'
import { askShell, request } from '../bridge'
import { openRelations } from './explorer-state'
import { explorerStore, tellExplorer } from './explorer-store'
import type { TreeRow } from './flatten-tree'
import { quoteName } from './quote-name'

/** Readings under way, and whether another one was asked for meanwhile. */
const readings = new Map<ProfileId, { isAskedAgain: boolean }>()

/** Reads the catalog unless it is there already or on its way. */
export function loadCatalog(profileId: ProfileId): Promise<void> {
  return explorerStore(profileId).getState().catalog.type === 'closed' ? refreshCatalog(profileId) : Promise.resolve()
}

/** Reads the catalog again, and the relations that are open; the tree stays as it is until the answer. Asked for while it runs, it runs once more. */
export async function refreshCatalog(profileId: ProfileId): Promise<void> {
  const running = readings.get(profileId)
  if (running !== undefined) {
    running.isAskedAgain = true
    return
  }
  const reading = { isAskedAgain: false }
  readings.set(profileId, reading)
  try {
    do {
      reading.isAskedAgain = false
      await readOnce(profileId)
    } while (reading.isAskedAgain)
  } finally {
    readings.delete(profileId)
  }
}

/** Opens rows; a relation's columns are read when they are not known. */
export function expandRows(profileId: ProfileId, keys: readonly string[]): void {
  const { catalog, details } = tellExplorer(profileId, { type: 'rowsExpanded', keys })
  if (catalog.type !== 'loaded') return
  for (const key of keys) {
    const oid = catalog.index.relations.get(key)?.relation.oid
    if (oid !== undefined && details.get(oid)?.type !== 'described') void describe(profileId, oid)
  }
}

/** Reads the columns, indexes and constraints of a relation again. */
export async function describe(profileId: ProfileId, oid: number): Promise<void> {
  tellExplorer(profileId, { type: 'relationRequested', oid })
  const reply = await request('catalog.describe', { profileId, oid })
  // Closed, or refreshed without this relation, while the question was on its way.
  if (!explorerStore(profileId).getState().details.has(oid)) return
  if (reply.ok) tellExplorer(profileId, { type: 'relationDescribed', detail: reply.value })
  else tellExplorer(profileId, { type: 'relationFailed', oid, failure: reply.failure })
}

/** Puts a row's name on the clipboard: as it is, or with its schema and quoted as SQL needs it. */
export async function copyName({ name, content }: TreeRow, isQualified: boolean): Promise<void> {
  const schema = 'schema' in content ? content.schema : null
  const isInSchema = content.type === 'relation' || content.type === 'routine' || content.type === 'type'
  const qualified = isInSchema && schema !== null ? `${quoteName(schema)}.${quoteName(name)}` : quoteName(name)
  await askShell('clipboard.write', { text: isQualified ? qualified : name })
}

async function readOnce(profileId: ProfileId): Promise<void> {
  tellExplorer(profileId, { type: 'catalogRequested' })
  const reply = await request('catalog.read', { profileId })
  if (explorerStore(profileId).getState().catalog.type === 'closed') return
  if (!reply.ok) {
    tellExplorer(profileId, { type: 'catalogFailed', failure: reply.failure })
    return
  }
  const state = tellExplorer(profileId, { type: 'catalogRead', catalog: reply.value })
  for (const oid of openRelations(state)) void describe(profileId, oid)
}
