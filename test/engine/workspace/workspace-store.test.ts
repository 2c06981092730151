import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import { type Layout, type TabHead, type TabId, workspace } from '../../../contract/workspace'
import { WorkspaceStore } from '../../../electron/engine/workspace/workspace-store'

const one = 'one' as ProfileId // branded here: no profile is saved in these tests
const two = 'two' as ProfileId
const id = (name: string) => name as TabId // branded here: the window mints tab ids
const aTab = (name: string, rest: Partial<TabHead> = {}): TabHead => ({
  tabId: id(name),
  title: `Query ${name}`,
  kind: { type: 'query' },
  caret: 0,
  ...rest,
})
const LAYOUT: Layout = {
  explorerWidth: 200,
  isExplorerFolded: true,
  migrationsWidth: 300,
  isMigrationsFolded: false,
  editorShare: 0.5,
  isResultsFolded: true,
}

describe('workspace store', () => {
  let folder: string
  let store: WorkspaceStore
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-workspace-'))
    store = new WorkspaceStore(folder)
  })
  afterEach(async () => {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })

  const reopen = async () => {
    await store.close()
    store = new WorkspaceStore(folder)
  }
  const journal = () => readFile(join(folder, 'one.journal'), 'utf8')

  it('begins empty', async () => {
    expect(await store.read(one)).toEqual({ tabs: [], activeTabId: null, layout: null, droppedRecords: 0 })
  })

  it('gives back tabs, their order, their texts and the layout', async () => {
    const file = { type: 'migration file', migration: '1_a', file: 'down' } as const
    await store.writeTabs(one, [aTab('a'), aTab('b', { caret: 7 }), aTab('c', { kind: file })], id('b'))
    await store.writeText(one, id('a'), "select 'é🐘\u0000\ud800'")
    await store.writeText(one, id('b'), 'first')
    await store.writeText(one, id('b'), 'second\r\n')
    await store.writeTabs(one, [aTab('c', { kind: file }), aTab('a'), aTab('b', { caret: 9 })], id('a'))
    await store.writeLayout(one, LAYOUT)
    const before = await store.read(one)

    await reopen()

    const after = await store.read(one)
    expect(after).toEqual({
      tabs: [
        { ...aTab('c', { kind: file }), text: '' },
        { ...aTab('a'), text: "select 'é🐘\u0000\ud800'" },
        { ...aTab('b', { caret: 9 }), text: 'second\r\n' },
      ],
      activeTabId: 'a',
      layout: LAYOUT,
      droppedRecords: 0,
    })
    expect(after).toEqual(before)
    expect(workspace.safeParse(after).error).toBeUndefined()
  })

  it('keeps the desks of profiles apart', async () => {
    await store.writeTabs(one, [aTab('a')], id('a'))
    await store.writeText(one, id('a'), 'mine')
    await store.writeTabs(two, [aTab('a')], id('a'))

    await reopen()

    expect((await store.read(one)).tabs.map(({ text }) => text)).toEqual(['mine'])
    expect((await store.read(two)).tabs.map(({ text }) => text)).toEqual([''])
  })

  it('takes a text before the tab that it belongs to', async () => {
    await store.writeText(one, id('a'), 'typed')
    await store.writeTabs(one, [aTab('a')], id('a'))

    await reopen()

    expect((await store.read(one)).tabs.map(({ text }) => text)).toEqual(['typed'])
  })

  it('forgets the text of a tab that was closed, on the disk too', async () => {
    await store.writeTabs(one, [aTab('a'), aTab('b')], id('a'))
    await store.writeText(one, id('a'), 'a secret')
    await store.writeText(one, id('b'), 'kept')
    await store.writeTabs(one, [aTab('b')], id('b'))

    await reopen()

    expect((await store.read(one)).tabs.map(({ tabId, text }) => [tabId, text])).toEqual([['b', 'kept']])
    expect(await journal()).not.toContain('a secret')
  })

  it('gives a tab that comes back under the same id no old text', async () => {
    await store.writeTabs(one, [aTab('a')], id('a'))
    await store.writeText(one, id('a'), 'old')
    await store.writeTabs(one, [], null)
    await store.writeTabs(one, [aTab('a')], id('a'))

    await reopen()

    expect((await store.read(one)).tabs.map(({ text }) => text)).toEqual([''])
  })

  it('is written for the owner alone', async () => {
    await store.writeText(one, id('a'), 'select 1')

    const { mode } = await stat(join(folder, 'one.journal'))

    expect(mode & 0o777).toBe(process.platform === 'win32' ? mode & 0o777 : 0o600)
  })

  it('does not grow with every key', async () => {
    await store.writeTabs(one, [aTab('a')], id('a'))
    const text = 'x'.repeat(1000)

    for (let key = 0; key < 25; key += 1) {
      await Promise.all(Array.from({ length: 100 }, () => store.writeText(one, id('a'), text)))
    }

    expect((await stat(join(folder, 'one.journal'))).size).toBeLessThan(2_200 * 1_100)
    await reopen()
    await store.read(one)
    expect((await stat(join(folder, 'one.journal'))).size).toBeLessThan(2_000)
  })

  it('brings back what is left of a damaged journal, says how much is not, and keeps the damaged file', async () => {
    await store.writeTabs(one, [aTab('a'), aTab('b')], id('a'))
    await store.writeText(one, id('a'), 'hit')
    await store.writeText(one, id('b'), 'spared')
    await store.close()
    const bytes = await readFile(join(folder, 'one.journal'))
    bytes[bytes.indexOf('hit')] = 0x48
    await writeFile(join(folder, 'one.journal'), bytes)

    store = new WorkspaceStore(folder)

    const { tabs, droppedRecords } = await store.read(one)
    expect(tabs.map(({ text }) => text)).toEqual(['', 'spared'])
    expect(droppedRecords).toBe(1)
    expect((await readdir(folder)).length).toBe(2)
  })

  it('drops a record that was being written when the power went', async () => {
    await store.writeTabs(one, [aTab('a')], id('a'))
    await store.writeText(one, id('a'), 'kept')
    await store.close()
    await appendFile(join(folder, 'one.journal'), '9999 0000')

    store = new WorkspaceStore(folder)

    expect(await store.read(one)).toMatchObject({ tabs: [{ text: 'kept' }], droppedRecords: 1 })
  })

  it('passes over records of a newer version', async () => {
    await store.writeTabs(one, [aTab('a')], id('a'))
    await store.close()
    const { openJournal } = await import('../../../electron/engine/disk/journal')
    const written = await openJournal(join(folder, 'one.journal'))
    await written.append({ type: 'colours', colours: ['red'] })
    await written.append({ type: 'text', tabId: 'a', text: 'kept' })
    await written.close()

    store = new WorkspaceStore(folder)

    expect(await store.read(one)).toMatchObject({ tabs: [{ text: 'kept' }], droppedRecords: 0 })
  })

  it('forgets a removed profile', async () => {
    await store.writeTabs(one, [aTab('a')], id('a'))

    await store.remove(one)

    expect(await readdir(folder)).toEqual([])
    expect((await store.read(one)).tabs).toEqual([])
  })

  it('forgets a removed profile that was not opened', async () => {
    await store.writeTabs(one, [aTab('a')], id('a'))
    await reopen()

    await store.remove(one)

    expect(await readdir(folder)).toEqual([])
  })

  it('says so when a text cannot be written', async () => {
    const blocked = new WorkspaceStore(join(folder, 'file'))
    await writeFile(join(folder, 'file'), '')

    await expect(blocked.writeText(one, id('a'), 'typed')).rejects.toThrow()
    await rm(join(folder, 'file'))
    await blocked.writeText(one, id('a'), 'typed')
    await blocked.close()
  })
})
