import { appendFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HistoryEntryId } from '../../../contract/history'
import type { ProfileId } from '../../../contract/profile'
import { RunHistory } from '../../../electron/engine/workspace/run-history'
import { type JournalLimits, RunJournals } from '../../../electron/engine/workspace/run-journals'
import { anEnd, aStart, aStatement, writeRuns } from '../../support/history-entries'

describe('run history', () => {
  let folder: string
  let history: RunHistory
  let changes: number
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'strata-history-')), 'history')
    changes = 0
  })
  afterEach(async () => {
    await history.close()
    await rm(join(folder, '..'), { recursive: true, force: true })
  })

  const open = (limits?: JournalLimits) => {
    history = new RunHistory({
      journals: new RunJournals(folder, limits),
      nameProfile: async () => ({ name: 'Shop', host: 'db.example.com' }),
      onChanged: () => {
        changes += 1
      },
      log: () => {},
    })
  }
  const written = async (count: number, limits?: JournalLimits) => {
    const journals = new RunJournals(folder, limits)
    await writeRuns(journals, count)
    await journals.close()
    open(limits)
  }
  const search = (words: string, profileId: ProfileId | null = null, from = 0) =>
    history.search({ words, profileId, from })
  const ids = async (words: string, profileId: ProfileId | null = null) =>
    (await search(words, profileId)).entries.map((entry) => entry.id)
  const onDisk = async () => {
    const names = await readdir(folder)
    return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('')
  }
  const run = (number: number) => `run-${number}` as HistoryEntryId // branded here: made by the writer of these runs

  it('finds among 100,000 runs those in which every word occurs, the newest first, within 100 ms a key', async () => {
    await written(100_000)

    const all = await search('')
    const oldest = await search('', null, 99_900)
    const one = await search('LIMIT 54321;')
    const narrowed = [
      await search('warehouse'),
      await search('warehouse fail'),
      await search('warehouse failed missing_7'),
    ]
    const took: number[] = []
    for (const typed of ['w', 'wa', 'ware', 'warehouse', 'warehouse f', 'warehouse failed', 'no run holds this']) {
      const askedAt = performance.now()
      await search(typed)
      took.push(performance.now() - askedAt)
    }

    expect([all.total, all.entries[0]?.id, oldest.entries.at(-1)?.id]).toEqual([100_000, 'run-99999', 'run-0'])
    expect(one.entries.map((entry) => entry.id)).toEqual(['run-54321'])
    const isFound = (number: number) => number % 2 === 1 && number % 11 === 0
    const expected = Array.from({ length: 100_000 }, (_, number) => number).filter(isFound)
    const missing7 = expected.filter((number) => `missing_${number % 40}`.startsWith('missing_7'))
    expect(narrowed.map(({ total }) => total)).toEqual([50_000, expected.length, missing7.length])
    expect(took.sort((a, b) => a - b)[3]).toBeLessThan(100) // the one in the middle: others use the machine as well
  })

  it('pages through what it found without a gap', async () => {
    await written(250)

    const pages = [await search('', null, 0), await search('', null, 100), await search('', null, 200)]

    const found = pages.flatMap(({ entries }) => entries.map((entry) => entry.id))
    expect(found).toEqual(Array.from({ length: 250 }, (_, at) => `run-${249 - at}`))
  })

  it('finds the runs of one profile alone', async () => {
    await written(9)

    expect(await ids('', 'profile-1' as ProfileId)).toEqual(['run-7', 'run-4', 'run-1'])
  })

  it('gives the whole text of a run', async () => {
    await written(20)

    expect(await history.read(run(13))).toEqual({
      id: 'run-13',
      text: aStatement(13),
      isMasked: false,
      unitsLeftOut: 0,
      parameters: [],
    })
  })

  it('shows a run whose end was never written as lost', async () => {
    const journals = new RunJournals(folder)
    await journals.append(aStart(1))
    await journals.close()
    open()

    const { entries } = await search('')

    expect(entries).toMatchObject([{ outcome: 'lost', elapsedMs: null, message: /^Strata ended before the run did/ }])
  })

  it('keeps what is sound of a damaged file', async () => {
    await written(3)
    const [file = ''] = await readdir(folder)
    await appendFile(join(folder, file), 'half a rec')
    const journals = new RunJournals(folder)
    await journals.append(aStart(3))
    await journals.close()

    expect(await ids('')).toEqual(['run-3', 'run-2', 'run-1', 'run-0'])
  })

  it('drops the oldest runs when there are too many', async () => {
    await written(95, { fileRecords: 20, fileBytes: 1e6, filesKept: 3 })

    const { total, entries } = await search('')

    expect([total, entries[0]?.id, entries.at(-1)?.id]).toEqual([35, 'run-94', 'run-60'])
    expect(await readdir(folder)).toHaveLength(4)
  })

  it('forgets the dropped runs while it is open', async () => {
    const limits = { fileRecords: 4, fileBytes: 1e6, filesKept: 1 }
    await written(3, limits)
    await search('')
    const place = { profileId: 'p' as ProfileId, database: 'shop', role: 'app', hasStandardStrings: true }
    const channel = { send: () => {}, isClosed: false, onClose: () => {} }

    for (const script of ['select 1', 'select 2', 'select 3']) {
      await history.record({ script, range: null }, place, channel, async () => {})
    }

    // Two files of two runs each are left.
    const left = async () => ({ earlier: await ids('from public.'), total: (await search('')).total })
    await expect.poll(left, { timeout: 10_000 }).toEqual({ earlier: ['run-2'], total: 4 })
  })

  it('takes a removed run off the disk', async () => {
    await written(30, { fileRecords: 7, fileBytes: 1e6, filesKept: 50 })
    const text = `LIMIT 17;`

    await history.remove(run(17))

    const left = await ids('')
    expect([left.length, left.includes(run(17)), changes]).toEqual([29, false, 1])
    expect(await onDisk()).not.toContain(text)
    expect(await onDisk()).not.toContain('"run-17"')
    await expect(history.read(run(17))).rejects.toThrow('not in the history any more')
  })

  it('takes the runs of a removed profile off the disk, and no others', async () => {
    await written(30, { fileRecords: 7, fileBytes: 1e6, filesKept: 50 })

    await history.clear('profile-2' as ProfileId)

    await history.close()
    open()
    expect((await search('')).total).toBe(20)
    expect(await onDisk()).not.toContain('profile-2')
  })

  it('is empty when it was cleared, also after the next start', async () => {
    await written(30, { fileRecords: 7, fileBytes: 1e6, filesKept: 50 })

    await history.clear(null)

    const before = await search('')
    await history.close()
    open()
    expect([before.total, (await search('')).total]).toEqual([0, 0])
    expect(await onDisk()).toBe('')
  })

  it('keeps its files from other users', async () => {
    await written(3)
    const [file = ''] = await readdir(folder)

    const modes = await Promise.all([stat(folder), stat(join(folder, file))])

    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600])
  })

  it('passes over a record of a newer version', async () => {
    const journals = new RunJournals(folder)
    await journals.append({ ...aStart(1), type: 'folded' } as never)
    await journals.append({ ...aStart(2), at: 7 } as never)
    await journals.append(aStart(3))
    await journals.append(anEnd(3, { rows: 12 }))
    await journals.close()
    open()

    expect((await search('')).entries).toMatchObject([{ id: 'run-3', rows: 12 }])
  })
})
