import type { Session } from '../../session/session'
import { foreignFolderOf } from '../foreign/recognise'
import { readFolder } from '../migration-folder'
import type { Ledger, OpenFolder } from './ledger'
import { strataLedger } from './strata-ledger'

/** Reads a folder as what it is by what is in it and in the database: another tool's, or ours when nothing speaks for one. */
export async function openFolder(folder: string | null, session: Session): Promise<OpenFolder> {
  if (folder === null) return { contents: null, ledger: strataLedger, foreign: null }
  const options = { hasStandardStrings: session.hasStandardStrings }
  const foreign = await foreignFolderOf(folder, session, options)
  if (foreign !== null) return foreign
  return { contents: await readFolder(folder, options), ledger: strataLedger, foreign: null }
}

/** Where the migrations of a folder are recorded; the files of one that is ours are not read for it. */
export async function ledgerOf(folder: string | null, session: Session): Promise<Ledger> {
  if (folder === null) return strataLedger
  const foreign = await foreignFolderOf(folder, session, { hasStandardStrings: session.hasStandardStrings })
  return foreign?.ledger ?? strataLedger
}
