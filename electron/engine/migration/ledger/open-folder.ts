import type { Session } from '../../session/session'
import { foreignFolderOf } from '../foreign/recognise'
import { readFolder } from '../migration-folder'
import type { OpenFolder } from './ledger'
import { strataLedger } from './strata-ledger'

/** Reads a folder as what it is by what is in it and in the database: another tool's, or ours when nothing speaks for one. */
export async function openFolder(folder: string | null, session: Session): Promise<OpenFolder> {
  if (folder === null) return { contents: null, ledger: strataLedger, foreign: null }
  const options = { hasStandardStrings: session.hasStandardStrings }
  const foreign = await foreignFolderOf(folder, session, options)
  if (foreign !== null) return foreign
  return { contents: await readFolder(folder, options), ledger: strataLedger, foreign: null }
}
