import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openJournal } from '../../../electron/engine/disk/journal'
import { bundleChild, startChild } from '../../support/child-program'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-journal-'))
  path = join(folder, 'private', 'drafts.journal')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function written(records: readonly unknown[]): Promise<void> {
  const journal = await openJournal(path)
  for (const record of records) await journal.append(record)
  await journal.close()
}

async function held(): Promise<{ records: readonly unknown[]; droppedRecords: number }> {
  const { records, droppedRecords, close } = await openJournal(path).then((journal) => ({
    records: journal.records,
    droppedRecords: journal.droppedRecords,
    close: () => journal.close(),
  }))
  await close()
  return { records, droppedRecords }
}

describe('journal', () => {
  it('gives back what was appended, in order, whatever the text', async () => {
    const records = [
      { text: 'a\nb\r\n\u2028"\\' },
      'é🐘\u0000',
      null,
      1.5,
      [],
      { nested: [{ deep: '\ud800' }] },
      'x'.repeat(2_000_000),
    ]
    await written(records)

    const content = await held()

    expect(content).toEqual({ records, droppedRecords: 0 })
  })

  it('restores a prefix of the records after a cut at any byte, and takes new ones', async () => {
    const records = [
      { tab: 1, text: 'SELECT 1' },
      { tab: 2, text: 'é\n🐘' },
      { tab: 1, text: '' },
    ]
    await written(records)
    const whole = await readFile(path)
    const outcomes: unknown[] = []

    for (let bytes = 0; bytes <= whole.length; bytes += 1) {
      await writeFile(path, whole.subarray(0, bytes))
      await written(['after'])
      const { records: found, droppedRecords } = await held()
      const prefix = found.slice(0, -1)
      const isPrefix = JSON.stringify(prefix) === JSON.stringify(records.slice(0, prefix.length))
      outcomes.push({ isPrefix, last: found.at(-1), droppedRecords })
    }

    expect(outcomes).toEqual(Array(whole.length + 1).fill({ isPrefix: true, last: 'after', droppedRecords: 0 }))
  })

  it('counts a torn last record', async () => {
    await written(['one', 'two'])
    await truncate(path, (await stat(path)).size - 3)

    const content = await held()

    expect(content).toEqual({ records: ['one'], droppedRecords: 1 })
  })

  it('keeps the records around a damaged one, and the damaged file', async () => {
    await written(['one', 'two', 'three'])
    const bytes = await readFile(path)
    bytes.writeUInt8(bytes.readUInt8(bytes.indexOf('two')) ^ 1, bytes.indexOf('two'))
    await writeFile(path, bytes)

    const journal = await openJournal(path)
    await journal.close()

    expect({
      records: journal.records,
      droppedRecords: journal.droppedRecords,
      kept: await readFile(journal.damagedFile ?? ''),
      again: await held(),
    }).toEqual({
      records: ['one', 'three'],
      droppedRecords: 1,
      kept: bytes,
      again: { records: ['one', 'three'], droppedRecords: 0 },
    })
  })

  it('survives any single changed byte with at most two records lost', async () => {
    const records = ['one', 'two', 'three', 'four']
    await written(records)
    const whole = await readFile(path)
    const losses: number[] = []

    for (let position = 0; position < whole.length; position += 1) {
      const bytes = Buffer.from(whole)
      bytes.writeUInt8(bytes.readUInt8(position) ^ 0x10, position)
      await writeFile(path, bytes)
      const { records: found } = await held()
      const isSubset = found.every((record) => records.includes(String(record)))
      losses.push(isSubset ? records.length - found.length : Number.POSITIVE_INFINITY)
    }

    expect(Math.max(...losses)).toBeLessThanOrEqual(2)
  })

  it('drops the zeros that a power failure leaves at the end', async () => {
    await written(['one'])
    await appendFile(path, Buffer.alloc(4096))

    const content = await held()

    expect(content).toEqual({ records: ['one'], droppedRecords: 1 })
  })

  it('puts the compacted records before those appended after the call, and in place of those before', async () => {
    const journal = await openJournal(path)

    await Promise.all([
      journal.append('first'),
      journal.append('second'),
      journal.compact(['compacted']),
      journal.append('third'),
      journal.compact(['compacted again']),
      journal.append('fourth'),
      journal.append('fifth'),
    ])
    await journal.close()

    expect(await held()).toEqual({ records: ['compacted again', 'fourth', 'fifth'], droppedRecords: 0 })
  })

  it('writes many concurrent records in order', async () => {
    const records = Array.from({ length: 2000 }, (_, number) => ({ number }))
    const journal = await openJournal(path)

    await Promise.all(records.map((record) => journal.append(record)))
    await journal.close()

    expect((await held()).records).toEqual(records)
  })

  it('is readable by its owner alone', async () => {
    await written(['one'])

    const modes = [(await stat(join(folder, 'private'))).mode & 0o777, (await stat(path)).mode & 0o777]

    expect(modes).toEqual([0o700, 0o600])
  })

  it('refuses records once it is closed', async () => {
    const journal = await openJournal(path)
    await journal.close()

    const late = journal.append('late')

    await expect(late).rejects.toThrow('is closed')
  })

  it('goes on after a record that is no JSON value', async () => {
    const journal = await openJournal(path)

    const refused = journal.append(undefined)
    await expect(refused).rejects.toThrow('JSON value')
    await journal.append('good')
    await journal.close()

    expect(await held()).toEqual({ records: ['good'], droppedRecords: 0 })
  })

  it('loses nothing acknowledged when its process is killed, 20 times over', { timeout: 120_000 }, async () => {
    const program = await bundleChild(join(import.meta.dirname, 'journal-writer.ts'), folder)
    const rounds: unknown[] = []

    for (let round = 1; round <= 20; round += 1) {
      const child = startChild(program, [path])
      // A different moment each round: after a seeded number of acknowledged batches.
      for (let batch = 0; batch < 1 + ((round * 37) % 23); batch += 1) await child.next()
      child.process.kill('SIGKILL')
      await child.ended
      const acknowledged = Number(child.lines.at(-1))
      const { records } = await held()
      const numbers = (records as { number: number }[]).map(({ number }) => number)
      const isUnbroken = numbers.every((number, at) => at === 0 || number === (numbers[at - 1] ?? 0) + 1)
      rounds.push({ isUnbroken, lost: Math.max(0, acknowledged - (numbers.at(-1) ?? 0)) })
    }

    expect(rounds).toEqual(Array(20).fill({ isUnbroken: true, lost: 0 }))
    expect((await readdir(join(folder, 'private'))).filter((name) => name.includes('damaged'))).toEqual([])
  })
})
