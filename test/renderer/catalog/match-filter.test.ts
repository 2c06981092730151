import { describe, expect, it } from 'vitest'
import type { Catalog } from '../../../contract/catalog'
import { indexCatalog, rowKey } from '../../../renderer/catalog/catalog-index'
import type { ExplorerState } from '../../../renderer/catalog/explorer-state'
import { flattenTree } from '../../../renderer/catalog/flatten-tree'
import { matchFilter } from '../../../renderer/catalog/match-filter'
import { aCatalog, aDetail, aRelation, aSchema, stateAfter } from './catalog-builders'

const SHOP = aCatalog(
  aSchema('public', { relations: [aRelation({ name: 'Customer' })] }),
  aSchema('shop', {
    relations: [
      aRelation({ name: 'customer_address' }),
      aRelation({ name: 'order_line' }),
      aRelation({ name: 'orders', kind: 'view' }),
    ],
    routines: [{ oid: 1, name: 'order_total', kind: 'function', arguments: '', result: 'numeric' }],
    types: [{ oid: 2, name: 'order_status', kind: 'enum', definition: '' }],
  }),
)

const found = (catalog: Catalog, filter: string): string[] =>
  [...(matchFilter(indexCatalog(catalog), filter)?.keys ?? [])].map((each) => each.split('\0').slice(1, 3).join('.'))

function named(state: ExplorerState): string[] {
  if (state.catalog.type !== 'loaded') return []
  return flattenTree(state.catalog.index, state).rows.map(({ name }) => name)
}

describe('the filter', () => {
  it.each([
    ['customer', ['public.Customer', 'shop.customer_address']],
    ['CUST', ['public.Customer', 'shop.customer_address']],
    ['line order', ['shop.order_line']],
    ['order', ['shop.order_line', 'shop.orders', 'shop.order_total', 'shop.order_status']],
    ['shop cust', ['shop.customer_address']],
    ['shop.cust', ['shop.customer_address']],
    ['p.order_s', ['shop.order_status']],
    ['shop', []],
    ['zebra', []],
    ['__proto__', []],
  ])('for %s finds what is named so', (filter, names) => {
    expect(found(SHOP, filter)).toEqual(names)
  })

  it('is off when nothing but blanks is typed', () => {
    expect(matchFilter(indexCatalog(SHOP), '  \t')).toBeNull()
  })

  it('looks at each of 10,000 relations once', () => {
    const relations = Array.from({ length: 10_000 }, (_, number) => aRelation({ name: `table_${number}` }))
    const index = indexCatalog(aCatalog(aSchema('public', { relations })))
    let looks = 0
    for (const node of index.relations.values()) {
      const { search } = node
      Object.defineProperty(node, 'search', {
        get: () => {
          looks += 1
          return search
        },
      })
    }

    const matches = matchFilter(index, 'table 99')

    expect([looks, matches?.keys.size]).toEqual([10_000, 280])
  })

  it('shows matches with all that leads to them unfolded', () => {
    const state = stateAfter({ type: 'catalogRead', catalog: SHOP }, { type: 'filterChanged', filter: 'order' })

    expect(named(state)).toEqual([
      'shop',
      'Tables',
      'order_line',
      'Views',
      'orders',
      'Functions',
      'order_total',
      'Types',
      'order_status',
    ])
  })

  it('shows the way to a partition, and only that one', () => {
    const root = aRelation({ name: 'root', kind: 'partitioned table' })
    const low = aRelation({ name: 'low', kind: 'partitioned table', parentOid: root.oid })
    const leaf = aRelation({ name: 'leaf', parentOid: low.oid })
    const high = aRelation({ name: 'high', parentOid: root.oid })
    const catalog = aCatalog(aSchema('public', { relations: [high, leaf, low, root] }))

    const state = stateAfter({ type: 'catalogRead', catalog }, { type: 'filterChanged', filter: 'leaf' })

    expect(named(state)).toEqual(['public', 'Tables', 'root', 'Partitions', 'low', 'Partitions', 'leaf'])
  })

  it('leaves the tree as it was when it is cleared, whatever was folded meanwhile', () => {
    const before = stateAfter({ type: 'catalogRead', catalog: SHOP })

    const filtered = stateAfter(
      { type: 'catalogRead', catalog: SHOP },
      { type: 'filterChanged', filter: 'cust' },
      { type: 'rowCollapsed', key: rowKey('schema', 'public') },
      { type: 'rowCollapsed', key: rowKey('schema', 'shop') },
      { type: 'rowsExpanded', keys: [rowKey('schema', 'shop')] },
    )
    const cleared = stateAfter(
      { type: 'catalogRead', catalog: SHOP },
      { type: 'filterChanged', filter: 'cust' },
      { type: 'rowCollapsed', key: rowKey('schema', 'public') },
      { type: 'filterChanged', filter: '' },
    )

    expect(named(filtered)).toEqual(['public', 'shop', 'Tables', 'customer_address'])
    expect(named(cleared)).toEqual(named(before))
  })

  it('lets columns of a match be opened', () => {
    const table = aRelation({ name: 'people' })
    const catalog = aCatalog(aSchema('public', { relations: [table] }))

    const state = stateAfter(
      { type: 'catalogRead', catalog },
      { type: 'filterChanged', filter: 'people' },
      { type: 'rowsExpanded', keys: [rowKey('relation', 'public', 'people')] },
      { type: 'relationDescribed', detail: aDetail(table.oid) },
    )

    expect(named(state)).toEqual(['public', 'Tables', 'people', 'id', 'name'])
  })
})
