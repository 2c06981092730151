import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** The major versions that are tested beside the one of the test cluster. */
export const OLDER_MAJORS = [13, 14, 15, 16, 17] as const

/** A major version that is tested beside the one of the test cluster. */
export type OlderMajor = (typeof OLDER_MAJORS)[number]

const FOLDER = resolve(import.meta.dirname, '../servers')

/**
 * The programs of a version, which npm installed for the tests; a reason in words where it is not there. What was installed and does
 * not start is a failure, not a reason.
 */
export function olderServer(major: OlderMajor): { readonly binaries: string } | { readonly missing: string } {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const binaries = resolve(FOLDER, `node_modules/pg${major}-${system}-${process.arch}/native`)
  // Where every version must be tested, one that is not there fails like one that does not start.
  if (existsSync(binaries) || process.env.STRATA_EVERY_SERVER === '1') return { binaries }
  return { missing: `PostgreSQL ${major} for ${system} ${process.arch} is not installed in test/servers` }
}
