import { describe, expect, it } from 'vitest'
import { rowKey } from '../../../renderer/catalog/catalog-index'
import { CLOSED, openRelations, reduceExplorer } from '../../../renderer/catalog/explorer-state'
import { aCatalog, aDetail, aFailure, aRelation, aSchema, stateAfter } from './catalog-builders'

const key = (name: string): string => rowKey('relation', 'public', name)
const withTables = (...relations: ReturnType<typeof aRelation>[]) => aCatalog(aSchema('public', { relations }))

describe('the explorer', () => {
  it('goes from closed over loading to loaded', () => {
    const types = [
      CLOSED,
      stateAfter({ type: 'catalogRequested' }),
      stateAfter({ type: 'catalogRequested' }, { type: 'catalogRead', catalog: aCatalog() }),
    ].map(({ catalog }) => catalog.type)

    expect(types).toEqual(['closed', 'loading', 'loaded'])
  })

  it('says why nothing could be read, and is loading again when it is retried', () => {
    const failed = stateAfter({ type: 'catalogRequested' }, { type: 'catalogFailed', failure: aFailure })

    const retried = reduceExplorer(failed, { type: 'catalogRequested' })

    expect([failed.catalog, retried.catalog]).toEqual([{ type: 'failed', failure: aFailure }, { type: 'loading' }])
  })

  it('keeps the tree while it is refreshed and when that fails', () => {
    const loaded = stateAfter({ type: 'catalogRead', catalog: withTables(aRelation({ name: 't' })) })
    const index = loaded.catalog.type === 'loaded' ? loaded.catalog.index : null

    const running = reduceExplorer(loaded, { type: 'catalogRequested' })
    const failed = reduceExplorer(running, { type: 'catalogFailed', failure: aFailure })

    expect([running.catalog, failed.catalog]).toEqual([
      { type: 'loaded', index, refresh: { type: 'running' } },
      { type: 'loaded', index, refresh: { type: 'failed', failure: aFailure } },
    ])
  })

  it('keeps what is open over a refresh, even when a migration made the table anew', () => {
    const before = aRelation({ name: 't' })
    const anew = aRelation({ name: 't' })

    const state = stateAfter(
      { type: 'catalogRead', catalog: withTables(before) },
      { type: 'rowsExpanded', keys: [key('t')] },
      { type: 'relationDescribed', detail: aDetail(before.oid) },
      { type: 'catalogRead', catalog: withTables(anew) },
    )

    expect(state.expanded.has(key('t'))).toBe(true)
    expect(openRelations(state)).toEqual([anew.oid])
    expect([...state.details.keys()]).toEqual([])
  })

  it('follows a relation that was renamed', () => {
    const table = aRelation({ name: 'employee' })

    const state = stateAfter(
      { type: 'catalogRead', catalog: withTables(table) },
      { type: 'rowsExpanded', keys: [key('employee'), rowKey(key('employee'), 'indexes')] },
      { type: 'relationDescribed', detail: aDetail(table.oid) },
      { type: 'rowActivated', key: key('employee') },
      { type: 'catalogRead', catalog: withTables({ ...table, name: 'employees' }) },
    )

    expect([...state.expanded]).toEqual(expect.arrayContaining([key('employees'), rowKey(key('employees'), 'indexes')]))
    expect([state.activeKey, openRelations(state), [...state.details.keys()]]).toEqual([
      key('employees'),
      [table.oid],
      [table.oid],
    ])
  })

  it('does not follow a name that another relation has now', () => {
    const [first, second] = [aRelation({ name: 'a' }), aRelation({ name: 'b' })]

    const state = stateAfter(
      { type: 'catalogRead', catalog: withTables(first, second) },
      { type: 'rowsExpanded', keys: [key('a')] },
      { type: 'catalogRead', catalog: withTables({ ...first, name: 'b' }, { ...second, name: 'a' }) },
    )

    expect(openRelations(state)).toEqual([second.oid])
  })

  it('shows the last columns while they are read again', () => {
    const table = aRelation({ name: 't' })
    const detail = aDetail(table.oid)

    const state = stateAfter(
      { type: 'catalogRead', catalog: withTables(table) },
      { type: 'relationDescribed', detail },
      { type: 'relationRequested', oid: table.oid },
    )

    expect(state.details.get(table.oid)).toEqual({ type: 'reading', last: detail })
  })

  it('forgets the columns of folded relations at a refresh', () => {
    const table = aRelation({ name: 't' })

    const state = stateAfter(
      { type: 'catalogRead', catalog: withTables(table) },
      { type: 'rowsExpanded', keys: [key('t')] },
      { type: 'relationDescribed', detail: aDetail(table.oid) },
      { type: 'rowCollapsed', key: key('t') },
      { type: 'catalogRead', catalog: withTables(table) },
    )

    expect([state.details.size, openRelations(state)]).toEqual([0, []])
  })

  it('folds everything at once', () => {
    const state = stateAfter(
      { type: 'catalogRead', catalog: withTables(aRelation({ name: 't' })) },
      { type: 'rowsExpanded', keys: [key('t')] },
      { type: 'allCollapsed' },
    )

    expect(state.expanded.size).toBe(0)
  })
})
