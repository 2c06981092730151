import type { ProfileId } from '../../../contract/profile'
import type { SavedQueryExpected, SavedQueryListing, SavedQueryWritten } from '../../../contract/saved-query'
import { FailureError, refusal } from '../failure-error'
import { listQueries, readQuery, removeQuery, renameQuery, writeQuery } from './saved-query-files'

/** Where the queries of a profile are. */
export interface QueryFolder {
  readonly folder: string
  readonly isSample: boolean
}

/** What saved queries ask of their neighbours. */
export interface SavedQueriesOptions {
  /** The folder of the profile's project; null when none was chosen. */
  readonly folderOf: (profileId: ProfileId) => Promise<QueryFolder | null>
  /** Files were written, renamed or removed. */
  readonly onChanged: (profileId: ProfileId) => void
}

/** Queries saved by name as plain `.sql` files in the projects' folders. */
export interface SavedQueries {
  list(profileId: ProfileId): Promise<SavedQueryListing>
  read(profileId: ProfileId, name: string): Promise<string>
  write(profileId: ProfileId, name: string, text: string, expected: SavedQueryExpected): Promise<SavedQueryWritten>
  rename(profileId: ProfileId, name: string, to: string): Promise<void>
  remove(profileId: ProfileId, name: string): Promise<void>
}

/** The saved queries of every profile. */
export function createSavedQueries({ folderOf, onChanged }: SavedQueriesOptions): SavedQueries {
  const inFolder = async <T>(profileId: ProfileId, work: (folder: string) => Promise<T>): Promise<T> => {
    const place = await folderOf(profileId)
    if (place === null) {
      throw refusal(
        'folder',
        'This connection has no project folder yet. Choose its migration folder first: queries are saved beside it.',
      )
    }
    try {
      return await work(place.folder)
    } catch (error) {
      throw error instanceof FailureError ? error : refused(place.folder, error)
    }
  }
  const changing = async <T>(profileId: ProfileId, work: (folder: string) => Promise<T>): Promise<T> => {
    const result = await inFolder(profileId, work)
    onChanged(profileId)
    return result
  }
  return {
    async list(profileId) {
      const place = await folderOf(profileId)
      const none = { queries: [], remark: null, problem: null }
      if (place === null) return { ...none, folder: null, isSample: false }
      try {
        return { ...none, ...place, ...(await listQueries(place.folder)) }
      } catch (error) {
        return { ...none, ...place, problem: problemOf(place.folder, error) }
      }
    },
    read: (profileId, name) => inFolder(profileId, (folder) => readQuery(folder, name)),
    write: (profileId, name, text, expected) =>
      changing(profileId, (folder) => writeQuery(folder, name, text, expected)),
    rename: (profileId, name, to) => changing(profileId, (folder) => renameQuery(folder, name, to)),
    remove: (profileId, name) => changing(profileId, (folder) => removeQuery(folder, name)),
  }
}

function refused(folder: string, error: unknown): FailureError {
  const { failure } = refusal('folder', problemOf(folder, error))
  return new FailureError(failure, { cause: error })
}

function problemOf(folder: string, error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `${folder} may not be read or written. Check its permissions, or choose another project folder.`
  }
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return `The disk is full: nothing was written into ${folder}. Make room and save again.`
  if (code === 'ENOTDIR' || code === 'EEXIST') return `${folder} is not a folder. Choose another project folder.`
  return `${folder} cannot be used (${code ?? String(error)}).`
}
