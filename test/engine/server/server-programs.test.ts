import { cp, mkdtemp, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asServerUser } from '../../../electron/engine/server/run-program'
import { findServerPrograms } from '../../../electron/engine/server/server-programs'
import { serverBinaries } from '../../support/cluster'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-programs-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('server programs', () => {
  it('makes the links between libraries that an install without scripts leaves out', async () => {
    const binaries = join(folder, 'postgres')
    await cp(serverBinaries(), binaries, { recursive: true, verbatimSymlinks: true })
    await rm(join(binaries, 'lib', 'libpq.so.5'))

    const programs = await findServerPrograms(binaries)

    expect([programs.version, await readlink(join(binaries, 'lib', 'libpq.so.5'))]).toEqual([
      expect.stringMatching(/^18\.\d+$/),
      'libpq.so.5.18',
    ])
  })

  it('says so when there are none', async () => {
    const programs = findServerPrograms(join(folder, 'nowhere'))

    await expect(programs).rejects.toMatchObject({
      failure: { message: expect.stringContaining('cannot be run'), advice: expect.any(String) },
    })
  })

  it.runIf(process.getuid?.() === 0)('names setpriv when it is missing for root', async () => {
    const path = process.env.PATH
    await writeFile(join(folder, 'other'), '')
    process.env.PATH = folder

    const attempt = () => asServerUser('/postgres', [])

    expect(attempt).toThrow('setpriv, which starts it as another user, is not installed')
    process.env.PATH = path
  })
})
