import { watch as systemWatch } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import { FolderWatch, type WatchMeans } from '../../../electron/engine/migration/folder-watch'
import { FolderWatches } from '../../../electron/engine/migration/folder-watches'

const WATCHABLE: WatchMeans = { lookEveryMs: 50, watch: systemWatch }
const UNWATCHABLE: WatchMeans = {
  lookEveryMs: 50,
  watch: () => {
    throw Object.assign(new Error('no watches left'), { code: 'ENOSPC' })
  },
}

describe.each([
  ['that the system watches', WATCHABLE],
  ['that cannot be watched', UNWATCHABLE],
])('the watch of a folder %s', (_, means) => {
  let parent: string
  let folder: string
  let told: number
  let watch: FolderWatch

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'strata-watch-'))
    folder = join(parent, 'my (proj) [v2] äö')
    await mkdir(folder)
    await writeFile(join(folder, '1_a.up.sql'), 'select 1')
    told = 0
    watch = await new FolderWatch(folder, () => (told += 1), means).begin()
  })
  afterEach(async () => {
    watch.close()
    await rm(parent, { recursive: true, force: true })
  })

  /** Makes a change and waits until one is told. */
  async function untilTold(change: () => Promise<unknown>): Promise<void> {
    const before = told
    await change()
    await expect.poll(() => told, { timeout: 5000, interval: 5 }).toBeGreaterThan(before)
  }

  it.each([
    ['a new file', (at: string) => writeFile(join(at, '2_b.up.sql'), 'select 2')],
    ['an edited file of the same size', (at: string) => writeFile(join(at, '1_a.up.sql'), 'select 9')],
    ['a file that took the place of another', replaceFirst],
    ['a removed file', (at: string) => unlink(join(at, '1_a.up.sql'))],
  ])('tells of %s', async (_what, change) => {
    const before = told

    await untilTold(() => change(folder))

    expect(told).toBeGreaterThan(before)
  })

  it('goes on when the folder was removed and made again', async () => {
    await untilTold(() => rm(folder, { recursive: true }))
    await untilTold(() => mkdir(folder))

    await untilTold(() => writeFile(join(folder, '3_c.up.sql'), 'select 3'))

    expect(told).toBeGreaterThanOrEqual(3)
  })

  it('tells of files written together as one change', async () => {
    await untilTold(() =>
      Promise.all(Array.from({ length: 50 }, (_, at) => writeFile(join(folder, `${at}_x.up.sql`), 'select 1'))),
    )

    expect(told).toBeLessThan(10)
  })

  it('does not tell of hidden files and the copies of editors', async () => {
    let others = 0
    const plain = systemWatch(folder, () => (others += 1))

    await writeFile(join(folder, '.1_a.up.sql.swp'), 'x')
    await writeFile(join(folder, '1_a.up.sql~'), 'x')

    await expect.poll(() => others, { timeout: 5000, interval: 5 }).toBeGreaterThan(1)
    plain.close()
    expect(told).toBe(0)
  })

  it('tells nothing once it is closed', async () => {
    let others = 0
    const other = await new FolderWatch(folder, () => (others += 1), means).begin()
    watch.close()

    await writeFile(join(folder, '2_b.up.sql'), 'select 2')

    await expect.poll(() => others, { timeout: 5000, interval: 5 }).toBe(1)
    other.close()
    expect(told).toBe(0)
  })
})

async function replaceFirst(at: string): Promise<void> {
  await writeFile(join(at, '.new'), 'select 1')
  await rename(join(at, '.new'), join(at, '1_a.up.sql'))
}

describe.runIf(process.platform === 'linux')('the watched folders', () => {
  const profile = 'p' as ProfileId

  it('are one for each profile, and none after it is left or all are closed', async () => {
    const one = await mkdtemp(join(tmpdir(), 'strata-watch-'))
    const other = await mkdtemp(join(tmpdir(), 'strata-watch-'))
    const before = await systemWatches()
    const more = async () => (await systemWatches()) - before
    const watches = new FolderWatches(() => {})

    await watches.follow(profile, one)
    await watches.follow(profile, one)
    await watches.follow(profile, other)
    const followed = await more()
    watches.leave(profile)
    const left = await more()
    await watches.follow(profile, one)
    watches.close()
    await watches.follow(profile, other)
    const closed = await more()

    expect({ followed, left, closed }).toEqual({ followed: 1, left: 0, closed: 0 })
    await rm(one, { recursive: true })
    await rm(other, { recursive: true })
  })

  it("take Alembic's folder of revisions along", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'strata-watch-'))
    await writeFile(join(folder, 'env.py'), '')
    await mkdir(join(folder, 'versions'))
    const before = await systemWatches()
    let told = 0
    const watches = new FolderWatches(() => (told += 1))
    await watches.follow(profile, folder)

    await writeFile(join(folder, 'versions', '1_a.py'), 'revision = "1"')

    await expect.poll(() => told, { timeout: 5000, interval: 5 }).toBeGreaterThan(0)
    watches.leave(profile)
    expect((await systemWatches()) - before).toBe(0)
    await rm(folder, { recursive: true })
  })
})

/** How many files and folders the system watches for this process. */
async function systemWatches(): Promise<number> {
  const files = await readdir('/proc/self/fdinfo')
  const texts = await Promise.all(files.map((file) => readFile(`/proc/self/fdinfo/${file}`, 'utf8').catch(() => '')))
  return texts.join('\n').match(/^inotify wd:/gm)?.length ?? 0
}
