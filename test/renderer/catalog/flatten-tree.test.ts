import { describe, expect, it } from 'vitest'
import { indexCatalog, rowKey } from '../../../renderer/catalog/catalog-index'
import { type ExplorerState, reduceExplorer } from '../../../renderer/catalog/explorer-state'
import { flattenTree, type TreeRow } from '../../../renderer/catalog/flatten-tree'
import { aCatalog, aColumn, aDetail, aFailure, aRelation, aSchema, stateAfter } from './catalog-builders'

function rowsOf(state: ExplorerState): TreeRow[] {
  return state.catalog.type === 'loaded' ? flattenTree(state.catalog.index, state).rows : []
}

/** The rows as an indented list. */
function drawn(state: ExplorerState): string[] {
  return rowsOf(state).map(({ level, name, isExpanded, content }) => {
    const mark = isExpanded === null ? ' ' : isExpanded ? 'v' : '>'
    return `${'  '.repeat(level - 1)}${mark} ${name || content.type}${content.type === 'group' ? ` ${content.count}` : ''}`
  })
}

const key = (schema: string, name: string): string => rowKey('relation', schema, name)

describe('the tree', () => {
  it('opens public and its tables first, and shows no empty group', () => {
    const catalog = aCatalog(
      aSchema('another', { relations: [aRelation({ name: 'x' })] }),
      aSchema('public', { relations: [aRelation({ name: 'a' }), aRelation({ name: 'v', kind: 'view' })] }),
    )

    const state = stateAfter({ type: 'catalogRead', catalog })

    expect(drawn(state)).toEqual(['> another', 'v public', '  v Tables 1', '    > a', '  > Views 1'])
  })

  it('opens the first schema with tables when public has none, our own history last', () => {
    const table = aRelation({ name: 't' })
    const catalog = aCatalog(
      aSchema('public'),
      aSchema('strata', { relations: [aRelation({ name: 'history' })] }),
      aSchema('zoo', { relations: [table] }),
    )

    const state = stateAfter({ type: 'catalogRead', catalog })

    expect(drawn(state)).toEqual(['  public', '> strata', 'v zoo', '  v Tables 1', '    > t'])
  })

  it('puts every kind of relation, routine and type into its group', () => {
    const schema = aSchema('s', {
      relations: [
        aRelation({ name: 'foreign', kind: 'foreign table' }),
        aRelation({ name: 'matview', kind: 'materialized view' }),
        aRelation({ name: 'sequence', kind: 'sequence' }),
        aRelation({ name: 'table' }),
        aRelation({ name: 'view', kind: 'view' }),
      ],
      routines: [
        { oid: 1, name: 'f', kind: 'function', arguments: 'integer', result: 'integer' },
        { oid: 2, name: 'f', kind: 'function', arguments: 'text', result: 'integer' },
      ],
      types: [{ oid: 3, name: 'mood', kind: 'enum', definition: `'sad'` }],
    })
    const labels = ['Tables', 'Views', 'Materialized views', 'Sequences', 'Functions', 'Types']
    const keys = labels.map((label) => rowKey('group', 's', label))

    const state = stateAfter({ type: 'catalogRead', catalog: aCatalog(schema) }, { type: 'rowsExpanded', keys })

    expect(drawn(state)).toEqual([
      'v s',
      '  v Tables 2',
      '    > foreign',
      '    > table',
      '  v Views 1',
      '    > view',
      '  v Materialized views 1',
      '    > matview',
      '  v Sequences 1',
      '      sequence',
      '  v Functions 2',
      '      f',
      '      f',
      '  v Types 1',
      '      mood',
    ])
    expect(new Set(rowsOf(state).map((row) => row.key)).size).toBe(rowsOf(state).length)
  })

  it('shows columns, then indexes, constraints and partitions, without the not null every column says itself', () => {
    const parent = aRelation({ name: 'parent', kind: 'partitioned table' })
    const part = aRelation({ name: 'part', parentOid: parent.oid })
    const detail = aDetail(parent.oid, {
      indexes: [{ name: 'i', definition: '', isUnique: false, isPrimary: false, isValid: true }],
      constraints: [
        { name: 'c', kind: 'check', definition: '', isValidated: true },
        { name: 'n', kind: 'not null', definition: '', isValidated: true },
        { name: 'late', kind: 'not null', definition: '', isValidated: false },
      ],
    })
    const parentKey = key('public', 'parent')

    const state = stateAfter(
      { type: 'catalogRead', catalog: aCatalog(aSchema('public', { relations: [parent, part] })) },
      { type: 'rowsExpanded', keys: [parentKey, rowKey(parentKey, 'constraints'), rowKey(parentKey, 'partitions')] },
      { type: 'relationDescribed', detail },
    )

    expect(drawn(state)).toEqual([
      'v public',
      '  v Tables 1',
      '    v parent',
      '        id',
      '        name',
      '      > Indexes 1',
      '      v Constraints 2',
      '          c',
      '          late',
      '      v Partitions 1',
      '        > part',
    ])
  })

  it('numbers the children of a row from 1 to their count', () => {
    const table = aRelation({ name: 't' })
    const state = stateAfter(
      { type: 'catalogRead', catalog: aCatalog(aSchema('public', { relations: [table, aRelation({ name: 'u' })] })) },
      { type: 'rowsExpanded', keys: [key('public', 't')] },
      {
        type: 'relationDescribed',
        detail: aDetail(table.oid, {
          columns: [aColumn({ name: 'a' })],
          indexes: [{ name: 'i', definition: '', isUnique: true, isPrimary: true, isValid: true }],
        }),
      },
    )

    const places = rowsOf(state).map(({ name, position, setSize, level }) => [name, position, setSize, level])

    expect(places).toEqual([
      ['public', 1, 1, 1],
      ['Tables', 1, 1, 2],
      ['t', 1, 2, 3],
      ['a', 1, 2, 4],
      ['Indexes', 2, 2, 4],
      ['u', 2, 2, 3],
    ])
  })

  it('says that columns are being read, and why they could not be', () => {
    const table = aRelation({ name: 't' })
    const opened = stateAfter(
      { type: 'catalogRead', catalog: aCatalog(aSchema('public', { relations: [table] })) },
      { type: 'rowsExpanded', keys: [key('public', 't')] },
      { type: 'relationRequested', oid: table.oid },
    )

    const failed = reduceExplorer(opened, { type: 'relationFailed', oid: table.oid, failure: aFailure })

    expect([opened, failed].map((state) => drawn(state).at(-1))).toEqual(['        loading', '        failure'])
  })

  it('keeps names that mean something to JavaScript', () => {
    const catalog = aCatalog(
      aSchema('__proto__', { relations: [aRelation({ name: 'constructor' }), aRelation({ name: '__proto__' })] }),
    )

    const state = stateAfter({ type: 'catalogRead', catalog })

    expect(drawn(state)).toEqual(['v __proto__', '  v Tables 2', '    > constructor', '    > __proto__'])
  })

  it('lists a partition whose parent is not in the catalog by itself', () => {
    const index = indexCatalog(aCatalog(aSchema('s', { relations: [aRelation({ name: 'p', parentOid: 1 })] })))

    expect(index.schemas[0]?.groups[0]?.items.map((item) => item.key)).toEqual([key('s', 'p')])
  })
})
