import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { RunHistory } from '../../electron/engine/workspace/run-history'
import { RunJournals } from '../../electron/engine/workspace/run-journals'
import { writeRuns } from '../../test/support/history-entries'

const RUNS = 100_000
const TYPED = [
  'salary',
  'from employee',
  'between 99',
  'does not exist',
  'warehouse failed',
  'limit 54321',
  'created_at country',
  'zzz nothing has this',
  'order by 1 limit 7 shop',
  'SELECT t.amount',
]
const ROUNDS = 5

/** Prints how long it takes to read 100,000 runs and to search them at every key of some searches. */
export async function measureHistory(folder: string): Promise<void> {
  const journals = new RunJournals(folder)
  await writeRuns(journals, RUNS)
  await journals.close()
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size))
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  const history = new RunHistory({
    journals: new RunJournals(folder),
    nameProfile: async () => ({ name: 'Shop', host: 'h' }),
    onChanged: () => {},
    log: () => {},
  })
  const heapBefore = usedHeap()
  const began = performance.now()
  const { total } = await history.search({ words: '', profileId: null, from: 0 })
  const readMs = performance.now() - began
  const heap = usedHeap() - heapBefore

  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const typed of TYPED) {
      for (let length = 1; length <= typed.length; length += 1) {
        const from = performance.now()
        await history.search({ words: typed.slice(0, length), profileId: null, from: 0 })
        times.push(performance.now() - from)
      }
    }
  }
  await history.close()
  times.sort((one, other) => one - other)
  const at = (share: number) => (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1)
  const lines = [
    `runs                ${total}`,
    `on the disk         ${(bytes / 1e6).toFixed(1)} MB`,
    `first reading       ${readMs.toFixed(0)} ms`,
    `memory for them     ${(heap / 1e6).toFixed(0)} MB`,
    `searches            ${times.length}`,
    `search p50          ${at(0.5)} ms`,
    `search p95          ${at(0.95)} ms`,
    `search longest      ${at(1)} ms`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

function usedHeap(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
