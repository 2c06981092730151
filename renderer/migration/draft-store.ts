import { createStore } from 'zustand/vanilla'
import type { DraftRehearsal, MigrationDraft } from '../../contract/draft'
import type { Failure } from '../../contract/failure'
import type { MigrationTexts } from '../../contract/migration'
import type { ProfileId } from '../../contract/profile'
import { type OpenStream, openStream, request } from '../bridge'

/** How far the proof of a draft is. Editing a text makes it stale. */
export type Proof =
  | { readonly kind: 'stale' }
  | { readonly kind: 'running' }
  | { readonly kind: 'rehearsed'; readonly rehearsal: DraftRehearsal }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** A draft that is being edited. */
export interface OpenDraft {
  readonly kind: 'open'
  readonly draft: MigrationDraft
  /** What it was made from: SQL, or what was changed by hand. */
  readonly source: 'sql' | 'drift'
  readonly title: string
  readonly up: string
  readonly down: string
  /** True when it is to have no rollback; `reason` then says why. */
  readonly isOneWay: boolean
  readonly reason: string
  readonly proof: Proof
  /** True once the user wrote something that closing would lose. */
  readonly isEdited: boolean
  readonly isSaving: boolean
  /** Why it could not be saved. */
  readonly problem: Failure | null
}

/** Making a migration from SQL. */
export type DraftSituation =
  | { readonly kind: 'closed' }
  /** On production the user is asked first: trying the statements out takes real locks. */
  | { readonly kind: 'asking'; readonly text: string }
  | { readonly kind: 'proposing' }
  | { readonly kind: 'not proposed'; readonly failure: Failure }
  | OpenDraft

/** The migration that is being made, if one is. */
export const draftStore = createStore<{ readonly situation: DraftSituation }>(() => ({ situation: { kind: 'closed' } }))

let stream: OpenStream | null = null

/** Asks the user before statements are tried out. */
export function askToPropose(text: string): void {
  draftStore.setState({ situation: { kind: 'asking', text } })
}

/** Asks for a pair of texts made from SQL, and rehearses it as soon as it is there. */
export async function proposeDraft(profileId: ProfileId, text: string): Promise<void> {
  await propose(profileId, 'sql', (note) => openStream('migration.draft', { profileId, text }, note))
}

/** Asks for a pair of texts made from what was changed by hand since the last run, and rehearses it. */
export async function proposeDrift(profileId: ProfileId): Promise<void> {
  await propose(profileId, 'drift', (note) => openStream('migration.draftDrift', { profileId }, note))
}

async function propose(
  profileId: ProfileId,
  source: OpenDraft['source'],
  open: (note: (draft: MigrationDraft) => void) => OpenStream,
): Promise<void> {
  draftStore.setState({ situation: { kind: 'proposing' } })
  const found: MigrationDraft[] = []
  const mine = open((draft) => found.push(draft))
  replaceStream(mine)
  const failure = await mine.ended
  if (stream !== mine) return
  const [draft] = found
  if (draft === undefined) {
    if (failure !== null) draftStore.setState({ situation: { kind: 'not proposed', failure } })
    return
  }
  const { up, down, stopped, isDone } = draft
  draftStore.setState({
    situation: {
      kind: 'open',
      draft,
      source,
      title: source === 'drift' ? 'Changes made by hand' : titleFrom(draft),
      up,
      down: down ?? '',
      isOneWay: down === null,
      reason: draft.statements.find(({ remark }) => remark !== null)?.remark ?? '',
      proof: { kind: 'stale' },
      isEdited: false,
      isSaving: false,
      problem: null,
    },
  })
  // What failed when it was tried out fails in a rehearsal too; what is done already is rehearsed the other way round.
  if (stopped === null || (isDone && down !== null)) await rehearse(profileId)
}

/** Changes what the user sees; another text is not proven any more. */
export function editDraft(change: Partial<Pick<OpenDraft, 'title' | 'up' | 'down' | 'isOneWay' | 'reason'>>): void {
  const isText = 'up' in change || 'down' in change || 'isOneWay' in change
  if (isText) replaceStream(null)
  update((before) => ({
    ...before,
    ...change,
    isEdited: true,
    ...(isText ? { proof: { kind: 'stale' } as const } : {}),
  }))
}

/** Rehearses the texts as they are now; everything is rolled back. */
export async function rehearse(profileId: ProfileId): Promise<void> {
  const { situation } = draftStore.getState()
  if (situation.kind !== 'open') return
  update((before) => ({ ...before, proof: { kind: 'running' } }))
  const { up, down } = textsToWrite(situation)
  const found: DraftRehearsal[] = []
  const input = { profileId, up, down, isDone: situation.draft.isDone }
  const mine = openStream('migration.rehearseDraft', input, (rehearsal) => found.push(rehearsal))
  replaceStream(mine)
  const failure = await mine.ended
  if (stream !== mine) return
  const [rehearsal] = found
  const proof: Proof =
    rehearsal !== undefined
      ? { kind: 'rehearsed', rehearsal }
      : failure === null
        ? { kind: 'stale' }
        : { kind: 'failed', failure }
  update((before) => ({ ...before, proof }))
}

/** Writes the pair; answers with it once it is there, and with null when it could not be written, which is then shown. */
export async function saveDraft(profileId: ProfileId): Promise<MigrationTexts | null> {
  const { situation } = draftStore.getState()
  if (situation.kind !== 'open' || situation.isSaving) return null
  update((before) => ({ ...before, isSaving: true, problem: null }))
  const title = situation.title.trim()
  const reply = await request('migration.create', { profileId, title, texts: textsToWrite(situation) })
  if (reply.ok) {
    closeDraft()
    return reply.value
  }
  update((before) => ({ ...before, isSaving: false, problem: reply.failure }))
  return null
}

/** Gives up what is being made; what runs for it is cancelled. */
export function closeDraft(): void {
  replaceStream(null)
  draftStore.setState({ situation: { kind: 'closed' } })
}

/** The texts as they would be written: without a rollback the up text says why. */
function textsToWrite({ up, down, isOneWay, reason }: OpenDraft): {
  readonly up: string
  readonly down: string | null
} {
  if (!isOneWay) return { up, down }
  const said = reason.replace(/\s+/g, ' ').trim()
  return { up: said === '' ? up : `-- irreversible: ${said}\n${up}`, down: null }
}

function update(change: (before: OpenDraft) => OpenDraft): void {
  const { situation } = draftStore.getState()
  if (situation.kind === 'open') draftStore.setState({ situation: change(situation) })
}

function replaceStream(next: OpenStream | null): void {
  const before = stream
  stream = next
  before?.close()
}

/** The first statement's words up to its first bracket: a beginning to be edited. */
function titleFrom({ statements }: MigrationDraft): string {
  const words = (statements[0]?.text ?? '')
    .replace(/--[^\n]*/g, ' ')
    .replace(/[('$;].*/s, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 60)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
