import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSystemRoots } from '../../../../electron/engine/session/tls/system-roots'
import { createAuthority } from '../../../support/certificates'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-roots-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('roots that this computer trusts', () => {
  it('are those of the first list that holds certificates', async () => {
    const { certificate } = createAuthority('Authority of this computer')
    const [missing, empty, own] = ['missing.pem', 'empty.pem', 'own.pem'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    await writeFile(empty, '')
    await writeFile(own, certificate)

    expect(await readSystemRoots('linux', [missing, empty, own])).toEqual([certificate])
  })

  it('are missing where no list is there', async () => {
    await expect(readSystemRoots('linux', [join(folder, 'missing.pem')])).rejects.toThrow('holds certificates')
  })

  it('are many where they lie in no file', async () => {
    expect((await readSystemRoots('darwin')).length).toBeGreaterThan(50)
  })
})
