import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readPlainFile } from '../../../electron/engine/tunnel/plain-file'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-plain-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a file that a tunnel names', () => {
  it('is read only where it is plain and small: a pipe without a writer stops nothing, a device fills nothing', () => {
    const [pipe, small, large] = ['pipe', 'small', 'large'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    execFileSync('mkfifo', [pipe])
    writeFileSync(small, 'key')
    writeFileSync(large, 'longer')

    const found = [small, large, pipe, '/dev/zero', folder, join(folder, 'none')].map((path) =>
      readPlainFile(path, 4)?.toString(),
    )

    expect(found).toEqual(['key', undefined, undefined, undefined, undefined, undefined])
  })
})
