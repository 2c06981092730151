import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAtomically, writeAtomically } from '../../../electron/engine/disk/atomic-write'
import { readWithFallback } from '../../../electron/engine/disk/read-with-fallback'
import { bundleChild, startChild } from '../../support/child-program'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-disk-'))
  path = join(folder, 'profiles.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function contents(): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort()
  const pairs = await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]))
  return Object.fromEntries(pairs)
}

describe('atomic write', () => {
  it('replaces the whole file and leaves nothing else', async () => {
    await writeAtomically(path, 'a longer first version')

    await writeAtomically(path, 'second')

    expect(await contents()).toEqual({ 'profiles.json': 'second' })
  })

  it('keeps the three versions before, the youngest first', async () => {
    for (const version of ['1', '2', '3', '4', '5']) await writeAtomically(path, version, { copies: 3 })

    const files = await contents()

    expect(files).toEqual({
      'profiles.json': '5',
      'profiles.json.1': '4',
      'profiles.json.2': '3',
      'profiles.json.3': '2',
    })
  })

  it('lets the last of concurrent calls win', async () => {
    const versions = Array.from({ length: 50 }, (_, number) => String(number))

    await Promise.all(versions.map((version) => writeAtomically(path, version)))

    expect(await contents()).toEqual({ 'profiles.json': '49' })
  })

  it('makes its folders 0700 and its file 0600', async () => {
    const deep = join(folder, 'one', 'two', 'state.json')

    await writeAtomically(deep, '{}')

    const modes = await Promise.all(
      [deep, join(folder, 'one'), join(folder, 'one', 'two')].map(async (each) => (await stat(each)).mode & 0o777),
    )
    expect(modes).toEqual([0o600, 0o700, 0o700])
  })

  it('leaves the old content and no rest when it cannot replace the file', async () => {
    await mkdir(path)

    const write = writeAtomically(path, 'text')

    await expect(write).rejects.toThrow('EISDIR')
    expect(await readdir(folder)).toEqual(['profiles.json'])
  })

  it('writes again after a failure', async () => {
    await mkdir(path)
    await writeAtomically(path, 'text').catch(() => {})
    await rm(path, { recursive: true })

    await writeAtomically(path, 'text')

    expect(await contents()).toEqual({ 'profiles.json': 'text' })
  })

  it('removes what a killed writer left, and nothing of a living one', async () => {
    await writeFile(join(folder, '.profiles.json.4194304-aa.tmp'), 'dead')
    await writeFile(join(folder, `.profiles.json.${process.ppid}-bb.tmp`), 'alive')

    await writeAtomically(path, 'text')

    expect(await contents()).toEqual({ [`.profiles.json.${process.ppid}-bb.tmp`]: 'alive', 'profiles.json': 'text' })
  })

  it('creates a file once', async () => {
    const created = await Promise.all(['a', 'b', 'c'].map((text) => createAtomically(path, text)))

    expect({ created, files: await contents() }).toEqual({
      created: [true, false, false],
      files: { 'profiles.json': 'a' },
    })
  })
})

describe('reading with a fallback', () => {
  const parse = (text: string): unknown => JSON.parse(text)

  it('gives the file itself when it parses', async () => {
    await writeAtomically(path, '{"version":1}', { copies: 3 })

    const outcome = await readWithFallback(path, parse)

    expect(outcome).toEqual({ value: { version: 1 }, restoredFrom: null, damaged: [] })
  })

  it('gives null when there never was a file', async () => {
    const outcome = await readWithFallback(join(folder, 'missing', 'state.json'), parse)

    expect(outcome).toEqual({ value: null, restoredFrom: null, damaged: [] })
  })

  it.each([
    ['empty', ''],
    ['cut off', '{"version":'],
    ['zeroed', '\0'.repeat(100)],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
  ])('restores the youngest copy when the file is %s, and keeps it aside', async (_, bytes) => {
    for (const version of [1, 2, 3]) await writeAtomically(path, JSON.stringify({ version }), { copies: 3 })
    await writeFile(path, bytes)
    await writeFile(`${path}.damaged-4`, 'an earlier one')

    const outcome = await readWithFallback(path, parse)

    expect(outcome).toEqual({
      value: { version: 2 },
      restoredFrom: { path: `${path}.1`, writtenAt: expect.any(Date) },
      damaged: [{ path, keptAs: `${path}.damaged-5`, reason: expect.any(String) }],
    })
    expect(await readFile(`${path}.damaged-5`)).toEqual(Buffer.from(bytes))
  })

  it('passes over damaged copies too, and gives null when none is left', async () => {
    for (const name of ['', '.1', '.3']) await writeFile(path + name, '{')

    const outcome = await readWithFallback(path, parse)

    expect({ value: outcome.value, kept: outcome.damaged.map(({ keptAs }) => keptAs) }).toEqual({
      value: null,
      kept: [`${path}.damaged-1`, `${path}.damaged-2`, `${path}.damaged-3`],
    })
  })

  it('starts when the file is not a file', async () => {
    await mkdir(path)
    await chmod(path, 0o000)

    const outcome = await readWithFallback(path, parse)

    expect(outcome).toMatchObject({ value: null, damaged: [{ path, keptAs: `${path}.damaged-1` }] })
  })
})

describe('a killed writer', () => {
  it('leaves the last acknowledged version or a later one, 20 times over', { timeout: 120_000 }, async () => {
    const program = await bundleChild(join(import.meta.dirname, 'state-writer.ts'), folder)
    const parse = (text: string) => JSON.parse(text) as { number: number }
    let last = 0
    const rounds: unknown[] = []

    for (let round = 1; round <= 20; round += 1) {
      const child = startChild(program, [path, String(last)])
      for (let write = 0; write < 1 + ((round * 31) % 17); write += 1) await child.next()
      child.process.kill('SIGKILL')
      await child.ended
      const { value, damaged } = await readWithFallback(path, parse)
      const acknowledged = Number(child.lines.at(-1))
      last = value?.number ?? -1
      rounds.push({ isKept: last >= acknowledged, damaged })
    }

    expect(rounds).toEqual(Array(20).fill({ isKept: true, damaged: [] }))
  })
})
