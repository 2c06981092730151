import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withLock } from '../../../scripts/prepare/lock.mjs'

describe('lock of a checkout', () => {
  let folder = ''
  const file = () => join(folder, 'inner', 'prepare.lock')

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-lock-'))
  })

  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('lets one work after the other', async () => {
    const seen: string[] = []
    const work = (name: string) => async () => {
      seen.push(`${name} begins`)
      await stat(folder)
      seen.push(`${name} ends`)
    }

    await Promise.all([withLock(file(), work('a')), withLock(file(), work('b'))])

    const first = seen[0]?.startsWith('a') ? ['a', 'b'] : ['b', 'a']
    expect(seen).toEqual(first.flatMap((name) => [`${name} begins`, `${name} ends`]))
  })

  it('is taken over when nobody has touched it for long', async () => {
    await withLock(file(), async () => {})
    await writeFile(file(), 'left by a crash')
    const longAgo = new Date(Date.now() - 60_000)
    await utimes(file(), longAgo, longAgo)

    const answer = await withLock(file(), async () => 'done')

    expect(answer).toBe('done')
  })

  it('is given back when the work fails', async () => {
    const failing = withLock(file(), () => Promise.reject(new Error('no disk')))

    await expect(failing).rejects.toThrow('no disk')
    await expect(stat(file())).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
