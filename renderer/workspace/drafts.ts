import type { ProfileId } from '../../contract/profile'
import type { TabId } from '../../contract/workspace'
import { request } from '../bridge'

/** Milliseconds after the last key until a text is sent to the journal: with the write itself well under a second. */
const QUIET_MS = 250
/** Milliseconds after the first unsent key at the latest, for somebody who never pauses. */
const LATEST_MS = 700
// A long text takes a while to send and to write: somebody who types in 20 MB is waited for 2 s, and 20 s at the latest.
const QUIET_UNITS_PER_MS = 10_000
const LATEST_UNITS_PER_MS = 1_000

interface Pending {
  readonly read: () => string
  quiet: number
  readonly latest: number
}

const texts = new Map<TabId, string>()
const pending = new Map<TabId, Pending>()
let profile: ProfileId | null = null

/** Begins with the texts of a profile's workspace. */
export function openDrafts(
  profileId: ProfileId,
  initial: readonly { readonly tabId: TabId; readonly text: string }[],
): void {
  flushDrafts()
  profile = profileId
  texts.clear()
  for (const { tabId, text } of initial) texts.set(tabId, text)
}

/** The text of a tab as last sent to the journal, or as opened. */
export function draftText(tabId: TabId): string {
  const waiting = pending.get(tabId)
  if (waiting !== undefined) return waiting.read()
  return texts.get(tabId) ?? ''
}

/** Notes that a tab's text changed; `read` gives the text when it is time to send it. */
export function draftChanged(tabId: TabId, read: () => string): void {
  const before = pending.get(tabId)
  if (before !== undefined) window.clearTimeout(before.quiet)
  const units = texts.get(tabId)?.length ?? 0
  const quiet = window.setTimeout(() => send(tabId), QUIET_MS + units / QUIET_UNITS_PER_MS)
  const latest = before?.latest ?? window.setTimeout(() => send(tabId), LATEST_MS + units / LATEST_UNITS_PER_MS)
  pending.set(tabId, { read, quiet, latest })
}

/** Sends a new text at once: of a tab that was just made. */
export function writeDraft(tabId: TabId, text: string): void {
  draftChanged(tabId, () => text)
  send(tabId)
}

/** Forgets the text of a tab that was closed. */
export function forgetDraft(tabId: TabId): void {
  drop(tabId)
  texts.delete(tabId)
}

/** Sends whatever has not been sent: before the window goes away. */
export function flushDrafts(): void {
  for (const tabId of [...pending.keys()]) send(tabId)
}

/** Sends every text again: the engine was restarted and may have missed some. */
export function resendDrafts(): void {
  flushDrafts()
  if (profile === null) return
  for (const [tabId, text] of texts) void request('workspace.writeText', { profileId: profile, tabId, text })
}

function send(tabId: TabId): void {
  const waiting = pending.get(tabId)
  if (waiting === undefined || profile === null) return
  drop(tabId)
  const text = waiting.read()
  texts.set(tabId, text)
  void request('workspace.writeText', { profileId: profile, tabId, text })
}

function drop(tabId: TabId): void {
  const waiting = pending.get(tabId)
  if (waiting === undefined) return
  window.clearTimeout(waiting.quiet)
  window.clearTimeout(waiting.latest)
  pending.delete(tabId)
}
