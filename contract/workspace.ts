import { z } from 'zod'
import { migrationName } from './migration'
import { runOptions } from './run-options'
import { savedQueryName } from './saved-query'
import { count, opaqueId, scriptText } from './text'

/** Identifies a tab of the editor. */
export const tabId = opaqueId.brand<'TabId'>()
/** Identifies a tab of the editor. */
export type TabId = z.output<typeof tabId>

/** What a tab edits: free SQL, one of a migration's two files, or a saved query. */
export const tabKind = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('query') }),
  z.strictObject({ type: z.literal('migration file'), migration: migrationName, file: z.enum(['up', 'down']) }),
  z.strictObject({ type: z.literal('saved query'), name: savedQueryName }),
])
/** What a tab edits. */
export type TabKind = z.output<typeof tabKind>

/** A tab without its text. */
export const tabHead = z.strictObject({
  tabId,
  title: z.string().max(200),
  kind: tabKind,
  /** Offset of the caret in UTF-16 units. */
  caret: count,
  /** How the tab's runs behave; left out while nothing was chosen. */
  runOptions: runOptions.optional(),
})
/** A tab without its text. */
export type TabHead = z.output<typeof tabHead>

/** Sizes and folds of the panels, in CSS pixels. */
export const layout = z.strictObject({
  explorerWidth: z.number().min(120).max(1200),
  isExplorerFolded: z.boolean(),
  /** What the left side shows; the explorer unless said otherwise. */
  leftPanel: z.enum(['explorer', 'queries', 'history']).optional(),
  migrationsWidth: z.number().min(200).max(1200),
  isMigrationsFolded: z.boolean(),
  /** The migration folder whose runs are one transaction each; none unless said otherwise. */
  allOrNothingFolder: z.string().max(4096).nullable().optional(),
  /** Share of the editor in the height of the middle column, 0 to 1. */
  editorShare: z.number().min(0.05).max(1),
  isResultsFolded: z.boolean(),
})
/** Sizes and folds of the panels. */
export type Layout = z.output<typeof layout>

/** Everything that comes back when a profile is opened again: tabs in order, with their texts. */
export const workspace = z.strictObject({
  tabs: z.array(tabHead.extend({ text: scriptText })).max(500),
  activeTabId: tabId.nullable(),
  layout: layout.nullable(),
  /** Records of the journal that were torn by a crash and dropped; 0 almost always. */
  droppedRecords: count,
})
/** Everything that comes back when a profile is opened again. */
export type Workspace = z.output<typeof workspace>
