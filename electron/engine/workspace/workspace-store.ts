import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ProfileId } from '../../../contract/profile'
import { scriptText } from '../../../contract/text'
import {
  type Layout,
  layout,
  type TabHead,
  type TabId,
  tabHead,
  tabId,
  type Workspace,
} from '../../../contract/workspace'
import { type Journal, openJournal } from '../disk/journal'

const record = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('tabs'), tabs: z.array(tabHead), activeTabId: tabId.nullable() }),
  z.strictObject({ type: z.literal('text'), tabId, text: scriptText }),
  z.strictObject({ type: z.literal('layout'), layout }),
])
type JournalRecord = z.output<typeof record>

interface Desk {
  readonly journal: Journal
  tabs: readonly TabHead[]
  activeTabId: TabId | null
  layout: Layout | null
  readonly texts: Map<TabId, string>
  /** Records written since the journal was last rewritten. */
  sinceCompaction: number
}

/** Rewrite the journal after so many records: it then holds each text once. */
const COMPACT_AFTER = 2_000

/** Tabs, texts and layout of every profile, each in a journal of its own that survives `kill -9`. */
export class WorkspaceStore {
  private readonly folder: string
  private readonly desks = new Map<ProfileId, Promise<Desk>>()

  constructor(folder: string) {
    this.folder = folder
  }

  /** Everything last written for a profile. */
  async read(profileId: ProfileId): Promise<Workspace> {
    const desk = await this.desk(profileId)
    return {
      tabs: desk.tabs.map((tab) => ({ ...tab, text: desk.texts.get(tab.tabId) ?? '' })),
      activeTabId: desk.activeTabId,
      layout: desk.layout,
      droppedRecords: desk.journal.droppedRecords,
    }
  }

  /** Notes order, titles, carets and the active tab; resolves when it is on the disk. */
  async writeTabs(profileId: ProfileId, tabs: readonly TabHead[], activeTabId: TabId | null): Promise<void> {
    const desk = await this.desk(profileId)
    takeTabs(desk, tabs, activeTabId)
    await this.append(desk, { type: 'tabs', tabs: [...tabs], activeTabId })
  }

  /** Notes a tab's text; resolves when it is on the disk. */
  async writeText(profileId: ProfileId, id: TabId, text: string): Promise<void> {
    const desk = await this.desk(profileId)
    desk.texts.set(id, text)
    await this.append(desk, { type: 'text', tabId: id, text })
  }

  /** Notes sizes and folds. */
  async writeLayout(profileId: ProfileId, value: Layout): Promise<void> {
    const desk = await this.desk(profileId)
    desk.layout = value
    await this.append(desk, { type: 'layout', layout: value })
  }

  /** Forgets everything of a profile. */
  async remove(profileId: ProfileId): Promise<void> {
    const desk = await this.desks.get(profileId)
    this.desks.delete(profileId)
    await desk?.journal.close()
    await rm(this.file(profileId), { force: true })
  }

  /** Closes all journals. */
  async close(): Promise<void> {
    const desks = [...this.desks.values()]
    this.desks.clear()
    for (const desk of desks) await (await desk).journal.close()
  }

  private file(profileId: ProfileId): string {
    return join(this.folder, `${profileId}.journal`)
  }

  private desk(profileId: ProfileId): Promise<Desk> {
    const known = this.desks.get(profileId)
    if (known !== undefined) return known
    const opening = this.open(profileId)
    this.desks.set(profileId, opening)
    opening.catch(() => this.desks.delete(profileId))
    return opening
  }

  private async open(profileId: ProfileId): Promise<Desk> {
    const journal = await openJournal(this.file(profileId))
    const desk: Desk = {
      journal,
      tabs: [],
      activeTabId: null,
      layout: null,
      texts: new Map(),
      sinceCompaction: 0,
    }
    for (const raw of journal.records) {
      const parsed = record.safeParse(raw)
      if (!parsed.success) continue // written by a newer version: what is understood comes back
      if (parsed.data.type === 'text') desk.texts.set(parsed.data.tabId, parsed.data.text)
      else if (parsed.data.type === 'layout') desk.layout = parsed.data.layout
      else takeTabs(desk, parsed.data.tabs, parsed.data.activeTabId)
    }
    forgetClosed(desk)
    await this.compact(desk)
    return desk
  }

  private async append(desk: Desk, value: JournalRecord): Promise<void> {
    await desk.journal.append(value)
    desk.sinceCompaction += 1
    if (desk.sinceCompaction >= COMPACT_AFTER) await this.compact(desk)
  }

  private async compact(desk: Desk): Promise<void> {
    desk.sinceCompaction = 0
    await desk.journal.compact([
      ...[...desk.texts].map(([id, text]): JournalRecord => ({ type: 'text', tabId: id, text })),
      { type: 'tabs', tabs: [...desk.tabs], activeTabId: desk.activeTabId },
      ...(desk.layout === null ? [] : [{ type: 'layout' as const, layout: desk.layout }]),
    ])
  }
}

/** Tabs that are not listed any more were closed: their texts go. */
function takeTabs(desk: Desk, tabs: readonly TabHead[], activeTabId: TabId | null): void {
  const kept = new Set(tabs.map((tab) => tab.tabId))
  for (const { tabId } of desk.tabs) if (!kept.has(tabId)) desk.texts.delete(tabId)
  desk.tabs = tabs
  desk.activeTabId = activeTabId
}

/** At run time a text may come before the record that lists its tab; in a journal just read, none is to come. */
function forgetClosed(desk: Desk): void {
  const open = new Set(desk.tabs.map((tab) => tab.tabId))
  for (const id of [...desk.texts.keys()]) if (!open.has(id)) desk.texts.delete(id)
}
