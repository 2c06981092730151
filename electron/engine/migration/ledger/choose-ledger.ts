import type { Session } from '../../session/session'
import { type FolderFormat, nativeFormat } from './folder-format'
import type { Ledger } from './ledger'
import { strataLedger } from './strata-ledger'

/** Whose folder it is: how its files are read, and where what was applied is recorded. */
export interface FolderOwner {
  readonly format: FolderFormat
  readonly ledger: Ledger
}

/** The owner of a folder, recognised by what is in the folder and in the database; ours when nothing speaks for another tool. */
export async function ownerOf(_folder: string | null, _session: Session): Promise<FolderOwner> {
  return { format: nativeFormat, ledger: strataLedger }
}
