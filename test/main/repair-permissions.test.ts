import { chmod, lstat, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { repairPermissions } from '../../electron/main/repair-permissions'

describe.skipIf(process.platform === 'win32')('permissions of the files of Strata', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-permissions-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  async function anOpenFolder(): Promise<void> {
    for (const name of ['profiles', 'workspaces/p1', 'history', 'Cache'])
      await mkdir(join(folder, name), { recursive: true })
    for (const name of [
      'secrets.json',
      'vault.json.kept-1',
      'profiles/profiles.json.1',
      'workspaces/p1/tabs',
      'Cache/x',
    ])
      await writeFile(join(folder, name), 'x')
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
      await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644)
    await chmod(folder, 0o755)
  }

  const modeOf = async (name: string) => (await lstat(join(folder, name))).mode & 0o777

  it('are taken from everybody else, and how many were open is told', async () => {
    await anOpenFolder()

    const repaired = repairPermissions(folder)

    const names = [
      '',
      'profiles',
      'workspaces/p1',
      'secrets.json',
      'vault.json.kept-1',
      'profiles/profiles.json.1',
      'workspaces/p1/tabs',
    ]
    expect(repaired).toBe(9)
    expect(await Promise.all(names.map(modeOf))).toEqual([0o700, 0o700, 0o700, 0o600, 0o600, 0o600, 0o600])
    expect(repairPermissions(folder)).toBe(0)
  })

  it('stay as they are behind a link', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'strata-outside-'))
    await writeFile(join(outside, 'file'), 'x')
    await chmod(join(outside, 'file'), 0o644)
    await mkdir(join(folder, 'profiles'))
    await symlink(join(outside, 'file'), join(folder, 'profiles', 'profiles.json'))
    await symlink(outside, join(folder, 'history'))

    repairPermissions(folder)

    const mode = (await lstat(join(outside, 'file'))).mode & 0o777
    await rm(outside, { recursive: true })
    expect(mode).toBe(0o644)
  })
})
