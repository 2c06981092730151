import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { FindEvent, FindInput } from '../../../contract/arrangement'
import { RowWindow } from '../../../contract/row-window'
import { findMatches } from '../../../electron/engine/query/find-matches'
import { type KeptResult, ResultRegistry } from '../../../electron/engine/query/result-registry'
import { packWindow } from '../../../electron/engine/query/row-window'
import { aProfileId } from '../../support/builders'
import { dataRow } from '../../support/scripted-server'
import { arrange, KeepingChannel } from './loaded-result'

const ROWS = 100_000

describe('rows that went to a file', () => {
  let folder: string
  let registry: ResultRegistry
  let result: KeptResult
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-spilled-'))
    registry = new ResultRegistry({ spillFolder: folder, memoryBytes: 1024 * 1024 })
    const columns = [
      { name: 'n', typeOid: 23, typeModifier: -1 },
      { name: 't', typeOid: 25, typeModifier: -1 },
    ]
    const { id, store } = registry.create(aProfileId, 2, columns)
    for (let from = 0; from < ROWS; from += 1000) {
      const messages = Array.from({ length: 1000 }, (_, i) => {
        const n = ((from + i) * 7919) % ROWS
        return dataRow([`${n}`, `the same beginning ${String(n).padStart(9, '0')}`])
      })
      const bytes = Buffer.concat(messages)
      store.takeRows(bytes, 0, bytes.length)
    }
    store.seal()
    await vi.waitUntil(() => store.memoryBytes < 2 * 1024 * 1024)
    result = registry.get(id)
  })
  afterAll(async () => {
    registry.releaseProfile(aProfileId)
    await rm(folder, { recursive: true, force: true })
  })

  it.each([0, 1])('are sorted by column %i', async (column) => {
    const { order } = await arrange(result, { sort: [{ column, direction: 'descending' }] })

    const numbers: string[] = []
    for (let from = 0; from < 1000; from += 200) {
      const window = new RowWindow(packWindow(result.store, 2, from, 200, order))
      for (let row = 0; row < 200; row += 1) numbers.push(window.text(row, 0))
    }
    expect(numbers).toEqual(Array.from({ length: 1000 }, (_, i) => `${ROWS - 1 - i}`))
  })

  it('are searched', async () => {
    const channel = new KeepingChannel<FindEvent>()
    const input: FindInput = {
      resultId: 'r' as never,
      text: 'BEGINNING 000099999',
      isCaseSensitive: false,
      columns: [1],
    } // branded: not looked at here

    await findMatches(result, null, input, channel)

    expect(channel.events.at(-1)).toEqual({ type: 'searchEnded', matches: 1, isCapped: false })
  })
})
