import { type FolderContents, readFolder } from '../migration-folder'
import type { ScriptOptions } from '../migration-script'

/** How the files of a folder are read: as ours, or as those of another tool. */
export interface FolderFormat {
  /** Reads the migrations of a folder; nothing is loaded or run. */
  readFolder(folder: string, options: ScriptOptions): Promise<FolderContents>
}

/** Our own files: `NAME.up.sql` and `NAME.down.sql`. */
export const nativeFormat: FolderFormat = { readFolder }
