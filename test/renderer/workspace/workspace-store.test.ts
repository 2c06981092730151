import { describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import type { TabHead, TabId } from '../../../contract/workspace'
import {
  FIRST_LAYOUT,
  nextTitle,
  reduceWorkspace,
  tabOfKind,
  type WorkspaceEvent,
  type WorkspaceSituation,
} from '../../../renderer/workspace/workspace-store'

const id = (name: string) => name as TabId // branded here: the window mints tab ids
const profileId = 'profile-1' as ProfileId // branded here: no profile is saved in these tests
const aTab = (name: string, rest: Partial<TabHead> = {}): TabHead => ({
  tabId: id(name),
  title: name,
  kind: { type: 'query' },
  caret: 0,
  ...rest,
})

/** A desk with these tabs, after these events. */
function desk(tabs: string, active: string | null, ...events: readonly WorkspaceEvent[]): WorkspaceSituation {
  const opened: WorkspaceEvent = {
    type: 'opened',
    profileId,
    tabs: tabs.split('').map((name) => aTab(name)),
    activeTabId: active === null ? null : id(active),
    layout: null,
  }
  return [opened, ...events].reduce<WorkspaceSituation>(reduceWorkspace, { kind: 'closed' })
}

/** The tabs in order, the active one in brackets. */
function order(state: WorkspaceSituation): string {
  if (state.kind === 'closed') return 'closed'
  return state.tabs.map(({ tabId }) => (tabId === state.activeTabId ? `[${tabId}]` : tabId)).join('')
}

describe('the desk', () => {
  it.each<[string, string, string | null, WorkspaceEvent, string]>([
    ['opens a tab behind the active one', 'abc', 'a', { type: 'tabOpened', tab: aTab('n'), file: null }, 'a[n]bc'],
    [
      'opens a tab at the end when none is active',
      'ab',
      null,
      { type: 'tabOpened', tab: aTab('n'), file: null },
      'ab[n]',
    ],
    ['opens the first tab', '', null, { type: 'tabOpened', tab: aTab('n'), file: null }, '[n]'],
    ['shows the next tab when the active one is closed', 'abc', 'b', { type: 'tabClosed', tabId: id('b') }, 'a[c]'],
    ['shows the last tab when the one behind it is closed', 'abc', 'c', { type: 'tabClosed', tabId: id('c') }, 'a[b]'],
    ['keeps the active tab when another is closed', 'abc', 'c', { type: 'tabClosed', tabId: id('a') }, 'b[c]'],
    ['shows nothing when the only tab is closed', 'a', 'a', { type: 'tabClosed', tabId: id('a') }, ''],
    ['does not know a tab that is gone', 'ab', 'a', { type: 'tabClosed', tabId: id('z') }, '[a]b'],
    ['chooses a tab', 'abc', 'a', { type: 'tabChosen', tabId: id('c') }, 'ab[c]'],
    ['does not choose a tab that is gone', 'ab', 'a', { type: 'tabChosen', tabId: id('z') }, '[a]b'],
    ['moves a tab to the end', 'abc', 'a', { type: 'tabMoved', tabId: id('a'), to: 2 }, 'bc[a]'],
    ['moves a tab to the front', 'abc', 'a', { type: 'tabMoved', tabId: id('c'), to: 0 }, 'c[a]b'],
    ['moves a tab no further than the end', 'abc', 'a', { type: 'tabMoved', tabId: id('b'), to: 99 }, '[a]cb'],
    ['moves a tab no further than the front', 'abc', 'a', { type: 'tabMoved', tabId: id('b'), to: -5 }, 'b[a]c'],
    ['does not move a tab that is gone', 'ab', 'a', { type: 'tabMoved', tabId: id('z'), to: 0 }, '[a]b'],
    ['is put away', 'ab', 'a', { type: 'closed' }, 'closed'],
  ])('%s', (_name, tabs, active, event, expected) => {
    expect(order(desk(tabs, active, event))).toBe(expected)
  })

  it('begins with the sizes of the mock, or with those it was left in', () => {
    const layout = { ...FIRST_LAYOUT, explorerWidth: 321 }
    const opened = { type: 'opened', profileId, tabs: [], activeTabId: null } as const
    const states = [null, layout].map((each) => reduceWorkspace({ kind: 'closed' }, { ...opened, layout: each }))

    expect(states.map((state) => state.kind === 'open' && state.layout)).toEqual([FIRST_LAYOUT, layout])
  })

  it('changes the parts of its layout that are named', () => {
    const state = desk('a', 'a', { type: 'layoutChanged', change: { editorShare: 0.7 } })

    expect(state).toMatchObject({ layout: { ...FIRST_LAYOUT, editorShare: 0.7 } })
  })

  it('notes titles and carets of one tab', () => {
    const state = desk(
      'ab',
      'a',
      { type: 'tabRenamed', tabId: id('b'), title: 'Sums' },
      { type: 'caretMoved', tabId: id('b'), caret: 12 },
    )

    expect(state).toMatchObject({ tabs: [aTab('a'), aTab('b', { title: 'Sums', caret: 12 })] })
  })

  it('knows of a file as long as its tab is open', () => {
    const tab = aTab('f', { kind: { type: 'migration file', migration: '1_a', file: 'up' } })
    const open = desk('a', 'a', { type: 'tabOpened', tab, file: { saved: 'text', isDirty: false } })
    const edited = reduceWorkspace(open, {
      type: 'fileRead',
      tabId: id('f'),
      file: { saved: 'text', isDirty: true },
    })
    const closed = reduceWorkspace(edited, { type: 'tabClosed', tabId: id('f') })

    const filesOf = (state: WorkspaceSituation) => (state.kind === 'open' ? [...state.files.values()] : null)
    expect([open, edited, closed].map(filesOf)).toEqual([
      [{ saved: 'text', isDirty: false }],
      [{ saved: 'text', isDirty: true }],
      [],
    ])
  })

  it('that is put away is changed by nothing but opening it', () => {
    const closed: WorkspaceSituation = { kind: 'closed' }
    const events: readonly WorkspaceEvent[] = [
      { type: 'tabOpened', tab: aTab('a'), file: null },
      { type: 'tabChosen', tabId: id('a') },
      { type: 'layoutChanged', change: {} },
      { type: 'caretMoved', tabId: id('a'), caret: 1 },
    ]

    expect(events.map((event) => reduceWorkspace(closed, event) === closed)).toEqual(events.map(() => true))
  })
})

describe('a new tab', () => {
  it.each([
    ['Query 1', []],
    ['Query 2', ['Query 1']],
    ['Query 2', ['Query 1', 'Query 3']],
    ['Query 1', ['Sums']],
  ])('is called %s beside %j', (expected, titles) => {
    expect(nextTitle(titles.map((title, index) => aTab(String(index), { title })))).toBe(expected)
  })

  it('is not needed for a file that is open', () => {
    const up = aTab('u', { kind: { type: 'migration file', migration: '1_a', file: 'up' } })
    const tabs = [aTab('q'), up]

    expect([
      tabOfKind(tabs, { type: 'migration file', migration: '1_a', file: 'up' }),
      tabOfKind(tabs, { type: 'migration file', migration: '1_a', file: 'down' }),
      tabOfKind(tabs, { type: 'migration file', migration: '2_b', file: 'up' }),
      tabOfKind(tabs, { type: 'query' }),
    ]).toEqual([up, undefined, undefined, undefined])
  })
})

describe('a tab that is saved under a name', () => {
  const kind = { type: 'saved query', name: 'report' } as const

  it('is the tab of that file from then on, and of no other', () => {
    const state = desk('ab', 'a', { type: 'tabBound', tabId: id('b'), kind, title: 'report' })

    const tabs = state.kind === 'open' ? state.tabs : []
    expect(tabs.map(({ title }) => title)).toEqual(['a', 'report'])
    expect(tabOfKind(tabs, kind)?.tabId).toBe('b')
    expect(tabOfKind(tabs, { type: 'saved query', name: 'other' })).toBeUndefined()
  })

  it('forgets what the file that it had before held', () => {
    const file = { saved: 'select 1', isDirty: true }
    const state = desk(
      'a',
      'a',
      { type: 'fileRead', tabId: id('a'), file },
      { type: 'tabBound', tabId: id('a'), kind: { type: 'query' }, title: 'a' },
    )

    expect(state.kind === 'open' ? state.files.size : null).toBe(0)
  })
})
