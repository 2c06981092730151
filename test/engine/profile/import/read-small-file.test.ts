import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FailureError } from '../../../../electron/engine/failure-error'
import { readSmallFile } from '../../../../electron/engine/profile/import/read-small-file'
import { watchOutside } from '../../../support/outside-watch'

describe('a chosen file', () => {
  let folder: string
  const socket = createServer()
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-import-'))
    await writeFile(join(folder, '.env'), 'PGHOST=h\n')
    await writeFile(join(folder, 'full'), 'x'.repeat(1024 * 1024))
    await symlink(join(folder, '.env'), join(folder, 'link'))
    await symlink(join(folder, 'nowhere'), join(folder, 'dangling'))
    await mkdir(join(folder, 'folder'))
    execFileSync('mkfifo', [join(folder, 'pipe')])
    const huge = await open(join(folder, 'huge'), 'w')
    await huge.truncate(10 * 1024 ** 3) // sparse: 10 GB that take no room
    await huge.close()
    await new Promise<void>((resolve) => socket.listen(join(folder, 'socket'), resolve))
  })
  afterAll(async () => {
    socket.close()
    await rm(folder, { recursive: true })
  })

  const refusalOf = async (path: string): Promise<string> =>
    readSmallFile(path).then(
      (bytes) => `read ${bytes.length}`,
      (error: unknown) => (error instanceof FailureError ? error.message : String(error)),
    )

  it.each<[string, string, RegExp]>([
    ['a symbolic link', 'link', /symbolic link/],
    ['a link that leads nowhere', 'dangling', /symbolic link/],
    ['a folder', 'folder', /folder/],
    ['a pipe, without waiting for its writer', 'pipe', /pipe, a device or a socket/],
    ['a socket', 'socket', /pipe, a device or a socket/],
    ['10 GB', 'huge', /larger than 1 MB/],
    ['a file that is gone', 'gone', /not there any more/],
  ])('is refused when it is %s', async (_name, file, says) => {
    expect(await refusalOf(join(folder, file))).toMatch(says)
  })

  it.runIf(process.platform === 'linux')('is refused when it is a device or ends nowhere', async () => {
    expect(await refusalOf('/dev/zero')).toMatch(/pipe, a device or a socket/)
    // Its size is 0 until it is read.
    expect(await refusalOf('/proc/kallsyms')).toMatch(/larger than 1 MB|not allowed/)
  })

  it('is read up to 1 MB', async () => {
    expect(await refusalOf(join(folder, 'full'))).toBe(`read ${1024 * 1024}`)
  })

  it('is the only one that is opened', async () => {
    const path = join(folder, '.env')
    const outside = watchOutside()

    const bytes = await readSmallFile(path)
    outside.stop()

    expect(Buffer.from(bytes).toString()).toBe('PGHOST=h\n')
    expect(outside.calls).toEqual([`fs.open ${path}`])
  })
})
