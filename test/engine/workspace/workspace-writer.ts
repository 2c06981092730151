import type { ProfileId } from '../../../contract/profile'
import type { TabHead, TabId } from '../../../contract/workspace'
import { WorkspaceStore } from '../../../electron/engine/workspace/workspace-store'

// Runs in a process that its test kills: opens, writes and closes tabs without end and reports what was acknowledged.
const [folder = '', seed = '1'] = process.argv.slice(2)
const profileId = 'written' as ProfileId // branded here: no profile is saved in this program
const store = new WorkspaceStore(folder)
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)
let tabs: readonly TabHead[] = (await store.read(profileId)).tabs.map(({ text: _text, ...head }) => head)
for (let number = Number(seed) * 1_000_000; ; number += 1) {
  const tabId = `tab-${number % 5}` as TabId // branded here: the window mints tab ids
  const text = `-- ${number} 🐘\n`.repeat(1 + (number % 200))
  // As the window does: the heads first, then the text, neither waiting for the other.
  const isNew = !tabs.some((tab) => tab.tabId === tabId)
  if (isNew) tabs = [...tabs, { tabId, title: `Query ${number}`, kind: { type: 'query' }, caret: 0 }]
  const heads = isNew
    ? store.writeTabs(profileId, tabs, tabId).then(() => say({ tabs: tabs.map((tab) => tab.tabId) }))
    : null
  await Promise.all([heads, store.writeText(profileId, tabId, text).then(() => say({ tabId, text }))])
  if (number % 17 === 0) {
    const closing = tabs[0]?.tabId
    tabs = tabs.slice(1)
    await store.writeTabs(profileId, tabs, null)
    say({ closed: closing, tabs: tabs.map((tab) => tab.tabId) })
  }
}
