import { readdirSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A file of a process that lies, or lay before its name was removed, in a folder. */
export interface OpenFile {
  readonly hasName: boolean
  /** Permission bits, e.g. 0o600. */
  readonly mode: number
  readonly size: number
}

/** The files of a folder that a process has open, those without a name included: Linux only. */
export function openFilesIn(folder: string, pid: number | 'self' = 'self'): OpenFile[] {
  const descriptors = `/proc/${pid}/fd`
  return readdirSync(descriptors).flatMap((number) => {
    try {
      const place = readlinkSync(join(descriptors, number))
      if (!place.startsWith(`${folder}/`)) return []
      const { mode, size } = statSync(join(descriptors, number))
      return [{ hasName: !place.endsWith(' (deleted)'), mode: mode & 0o777, size }]
    } catch {
      return [] // closed meanwhile
    }
  })
}
