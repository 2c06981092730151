import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import { WorkspaceStore } from '../../../electron/engine/workspace/workspace-store'
import { seededRandom } from '../../support/builders'
import { bundleChild, startChild } from '../../support/child-program'

describe('a workspace whose process is killed', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-killed-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  interface Line {
    readonly tabId?: string
    readonly text?: string
    readonly tabs?: readonly string[]
    readonly closed?: string
  }

  it('never loses a text that was acknowledged', async () => {
    const program = await bundleChild(resolve(import.meta.dirname, 'workspace-writer.ts'), folder)
    const desks = join(folder, 'desks')
    const random = seededRandom(9)
    const problems: unknown[] = []
    let acknowledged = 0

    for (let round = 1; round <= 12; round += 1) {
      const child = startChild(program, [desks, String(round)])
      const wanted = 5 + Math.floor(random() * 60)
      while (child.lines.length < wanted) await child.next()
      child.process.kill('SIGKILL')
      await child.ended
      const lines = child.lines as readonly Line[]
      acknowledged += lines.length
      const store = new WorkspaceStore(desks)
      const { tabs, droppedRecords } = await store.read('written' as ProfileId)
      await store.close()
      problems.push(...lostTexts(lines, tabs), ...(droppedRecords > 1 ? [{ round, droppedRecords }] : []))
    }

    expect(problems).toEqual([])
    expect(acknowledged).toBeGreaterThan(100)
  })

  /** Acknowledged texts of tabs that are still open and that came back older than they were. */
  function lostTexts(lines: readonly Line[], tabs: readonly { readonly tabId: string; readonly text: string }[]) {
    const numberOf = (text: string) => Number(/^-- (\d+)/.exec(text)?.[1] ?? -1)
    const kept = new Map<string, number>()
    for (const { tabId, text, closed } of lines) {
      if (closed !== undefined) kept.delete(closed)
      if (tabId !== undefined && text !== undefined) kept.set(tabId, numberOf(text))
    }
    const open = [...lines].reverse().find((line) => line.tabs !== undefined)?.tabs ?? []
    return [...kept].flatMap(([tabId, number]) => {
      if (!open.includes(tabId)) return []
      const back = tabs.find((tab) => tab.tabId === tabId)
      // The next tab may have been closed just before the kill, without an acknowledgement.
      if (back === undefined && tabId === open[0]) return []
      return back !== undefined && numberOf(back.text) >= number
        ? []
        : [{ tabId, number, back: back?.text.slice(0, 20) }]
    })
  }
})
