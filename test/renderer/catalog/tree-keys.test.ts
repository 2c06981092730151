import { describe, expect, it } from 'vitest'
import type { TreeRow } from '../../../renderer/catalog/flatten-tree'
import { type KeyMeaning, NO_LETTERS, readKey, type TypeAhead } from '../../../renderer/catalog/tree-keys'

function aRow(key: string, parentKey: string | null, isExpanded: boolean | null, setSize = 3): TreeRow {
  return {
    key,
    parentKey,
    isExpanded,
    setSize,
    level: 1,
    depth: 0,
    position: 1,
    name: key,
    content: { type: 'schema', name: key },
  }
}

const ROWS = [
  aRow('public', null, true),
  aRow('customer', 'public', false),
  aRow('Order line', 'public', null),
  aRow('orders', 'public', false),
  aRow('shop', null, false),
]

const press = (key: string, active: string | null, options: { ctrl?: boolean; alt?: boolean } = {}): KeyMeaning =>
  readKey(ROWS, active, { key, isCtrl: options.ctrl ?? false, isAlt: options.alt ?? false, at: 1000 }, NO_LETTERS, 3)
    .meaning

const to = (key: string): KeyMeaning => ({ type: 'activate', key })

describe('keys of the tree', () => {
  it.each<[string, string | null, KeyMeaning]>([
    ['ArrowDown', 'public', to('customer')],
    ['ArrowDown', null, to('public')],
    ['ArrowDown', 'shop', to('shop')],
    ['ArrowDown', 'gone', to('public')],
    ['ArrowUp', 'customer', to('public')],
    ['ArrowUp', 'public', to('public')],
    ['Home', 'orders', to('public')],
    ['End', 'public', to('shop')],
    ['PageDown', 'public', to('Order line')],
    ['PageUp', 'shop', to('Order line')],
    ['ArrowRight', 'customer', { type: 'expand', keys: ['customer'] }],
    ['ArrowRight', 'public', to('customer')],
    ['ArrowRight', 'Order line', { type: 'nothing' }],
    ['ArrowLeft', 'public', { type: 'collapse', key: 'public' }],
    ['ArrowLeft', 'orders', to('public')],
    ['ArrowLeft', 'shop', { type: 'nothing' }],
    [' ', 'customer', { type: 'expand', keys: ['customer'] }],
    [' ', 'public', { type: 'collapse', key: 'public' }],
    ['*', 'customer', { type: 'expand', keys: ['customer', 'orders'] }],
    ['Tab', 'public', null],
    ['F6', 'public', null],
    ['Escape', 'public', null],
  ])('%s on %s', (key, active, meaning) => {
    expect(press(key, active)).toEqual(meaning)
  })

  it('open and copy the active row', () => {
    expect([press('Enter', 'orders'), press('c', 'orders', { ctrl: true })]).toEqual([
      { type: 'open', row: ROWS[3] },
      { type: 'copy', row: ROWS[3] },
    ])
  })

  it('leave other chords to the window', () => {
    expect([press('t', 'orders', { ctrl: true }), press('o', 'orders', { alt: true })]).toEqual([null, null])
  })

  it('do nothing in an empty tree', () => {
    expect(readKey([], null, { key: 'Enter', isCtrl: false, isAlt: false, at: 0 }, NO_LETTERS, 3).meaning).toBeNull()
  })

  it('do not ask about hundreds of siblings at once', () => {
    const many = [aRow('a', null, false, 101), aRow('b', null, false, 101)]

    const { meaning } = readKey(many, 'a', { key: '*', isCtrl: false, isAlt: false, at: 0 }, NO_LETTERS, 3)

    expect(meaning).toEqual({ type: 'expand', keys: [] })
  })
})

describe('type-ahead', () => {
  /** The rows that are active after each letter, typed at these times. */
  function typing(letters: readonly (readonly [letter: string, at: number])[], start: string): string[] {
    let typed: TypeAhead = NO_LETTERS
    let active = start
    return letters.map(([key, at]) => {
      const read = readKey(ROWS, active, { key, isCtrl: false, isAlt: false, at }, typed, 3)
      typed = read.typed
      if (read.meaning?.type === 'activate') active = read.meaning.key
      return active
    })
  }

  it('jumps to the next name that begins so, in any case, and narrows down', () => {
    const active = typing(
      [
        ['o', 0],
        ['r', 100],
        ['d', 200],
        ['e', 300],
        ['r', 400],
        ['s', 500],
      ],
      'public',
    )

    expect([active[0], active[5]]).toEqual(['Order line', 'orders'])
  })

  it('takes a blank as a letter once letters are typed', () => {
    const active = typing(
      [...'order line'].map((letter, at) => [letter, at * 50] as const),
      'shop',
    )

    expect(active.at(-1)).toBe('Order line')
  })

  it('goes on with the same letter and round to the start', () => {
    expect(
      typing(
        [
          ['o', 0],
          ['o', 100],
          ['o', 200],
        ],
        'public',
      ),
    ).toEqual(['Order line', 'orders', 'Order line'])
  })

  it('begins anew after a pause', () => {
    expect(
      typing(
        [
          ['o', 0],
          ['s', 5000],
        ],
        'public',
      ),
    ).toEqual(['Order line', 'shop'])
  })
})
