import { describe, expect, it } from 'vitest'
import type { Failure } from '../../../../contract/failure'
import type { TransferEvent } from '../../../../contract/transfer'
import { Transfer } from '../../../../renderer/query/grid/transfer-work'

/** Work that a test drives. */
function someWork() {
  let tell: (event: TransferEvent) => void = () => {}
  let end: (failure: Failure | null) => void = () => {}
  let isClosed = false
  const ended = new Promise<Failure | null>((resolve) => {
    end = resolve
  })
  return {
    begin: (onEvent: (event: TransferEvent) => void) => {
      tell = onEvent
      return {
        ended,
        close: () => {
          isClosed = true
        },
      }
    },
    tell: (event: TransferEvent) => tell(event),
    end: async (failure: Failure | null) => {
      end(failure)
      await ended
    },
    isClosed: () => isClosed,
  }
}

describe('the writing of a file', () => {
  it('says how far it has come, and that it is done', () => {
    const transfer = new Transfer()
    const work = someWork()
    const said: string[] = []
    transfer.subscribe(() => {
      const situation = transfer.situation()
      said.push(situation.kind === 'none' ? '' : situation.words)
    })

    transfer.start('a.csv', 'rows', work.begin)
    work.tell({ type: 'rowsWritten', rows: 10, total: 2000, byteCount: 1500 })
    work.tell({ type: 'fileWritten', rows: 2000, byteCount: 300_000 })

    expect(said).toEqual([
      'Writing a.csv',
      'Writing a.csv: 10 of 2,000 rows, 1.5 kB',
      'Saved a.csv: 2,000 rows, 300 kB',
    ])
  })

  it('says why it failed', async () => {
    const transfer = new Transfer()
    const work = someWork()
    transfer.start('a.csv', 'rows', work.begin)

    await work.end({
      kind: 'refused',
      issues: [{ path: 'token', message: 'a.csv was not written: the disk is full.' }],
    })

    expect(transfer.situation()).toEqual({ kind: 'failed', words: 'a.csv was not written: the disk is full.' })
  })

  it('can be stopped, and hears nothing afterwards', () => {
    const transfer = new Transfer()
    const work = someWork()
    transfer.start('a.csv', 'rows', work.begin)

    const wasStopped = [transfer.stop(), transfer.stop()]
    work.tell({ type: 'fileWritten', rows: 1, byteCount: 1 })

    expect([wasStopped, work.isClosed(), transfer.situation()]).toEqual([
      [true, false],
      true,
      { kind: 'failed', words: 'Stopped: no file was written' },
    ])
  })

  it('is not stopped by another one', () => {
    const transfer = new Transfer()
    const [first, second] = [someWork(), someWork()]
    transfer.start('a.csv', 'rows', first.begin)

    transfer.start('b.txt', 'value', second.begin)
    first.tell({ type: 'fileWritten', rows: 1, byteCount: 5 })

    expect([first.isClosed(), transfer.situation()]).toEqual([
      false,
      { kind: 'written', words: 'Saved a.csv: 1 row, 5 B' },
    ])
  })

  it('names the file where the failure does not', async () => {
    const transfer = new Transfer()
    const work = someWork()
    transfer.start('a.csv', 'rows', work.begin)

    await work.end({ kind: 'connection', reason: 'lost', message: 'The engine stopped.', advice: 'Run again.' })

    expect(transfer.situation()).toMatchObject({ words: expect.stringMatching(/^a\.csv was not written: The engine/) })
  })

  it('is told elsewhere from when nobody looks until somebody looks again', () => {
    const unseen: (string | null)[] = []
    const transfer = new Transfer((said) => unseen.push(said === null || said.kind === 'none' ? null : said.words))
    const work = someWork()
    const leave = transfer.subscribe(() => {})
    transfer.start('a.csv', 'rows', work.begin)
    leave()
    work.tell({ type: 'fileWritten', rows: 1, byteCount: 5 })
    transfer.subscribe(() => {})

    expect(unseen).toEqual([null, 'Writing a.csv', 'Saved a.csv: 1 row, 5 B', null])
  })
})
