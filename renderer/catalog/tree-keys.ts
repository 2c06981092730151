import type { TreeRow } from './flatten-tree'

/** A key press as the tree sees it. */
export interface KeyPress {
  readonly key: string
  readonly isCtrl: boolean
  readonly isAlt: boolean
  /** Milliseconds of any steady clock. */
  readonly at: number
}

/** Letters typed so far to jump to a name. */
export interface TypeAhead {
  readonly letters: string
  readonly at: number
}

/** What a key press means; null when it means nothing to the tree. */
export type KeyMeaning =
  | { readonly type: 'activate'; readonly key: string }
  | { readonly type: 'expand'; readonly keys: readonly string[] }
  | { readonly type: 'collapse'; readonly key: string }
  | { readonly type: 'open'; readonly row: TreeRow }
  | { readonly type: 'copy'; readonly row: TreeRow }
  | { readonly type: 'nothing' }
  | null

/** Nothing typed yet. */
export const NO_LETTERS: TypeAhead = { letters: '', at: Number.NEGATIVE_INFINITY }

const TYPE_AHEAD_MS = 700
/** `*` on more siblings than this would ask the server about each of them. */
const MOST_SIBLINGS = 100

/** The meaning of a key press on the active row (WAI-ARIA tree pattern), and the letters typed so far. */
export function readKey(
  rows: readonly TreeRow[],
  activeKey: string | null,
  press: KeyPress,
  typed: TypeAhead,
  pageRows: number,
): { readonly meaning: KeyMeaning; readonly typed: TypeAhead } {
  const found = rows.findIndex((row) => row.key === activeKey)
  const at = Math.max(0, found)
  const active = rows[at]
  if (active === undefined || press.isAlt) return { meaning: null, typed }
  const same = (meaning: KeyMeaning) => ({ meaning, typed: NO_LETTERS })
  const move = (to: number) => same(activate(rows[Math.min(rows.length - 1, Math.max(0, to))]))
  if (press.isCtrl)
    return press.key.toLowerCase() === 'c' ? same({ type: 'copy', row: active }) : { meaning: null, typed }
  const isTyping = press.at - typed.at < TYPE_AHEAD_MS && typed.letters !== ''
  switch (press.key) {
    case 'ArrowDown':
      return move(found < 0 ? 0 : at + 1)
    case 'ArrowUp':
      return move(at - 1)
    case 'PageDown':
      return move(at + Math.max(1, pageRows - 1))
    case 'PageUp':
      return move(at - Math.max(1, pageRows - 1))
    case 'Home':
      return move(0)
    case 'End':
      return move(rows.length - 1)
    case 'Enter':
      return same({ type: 'open', row: active })
    case 'ArrowRight':
      if (active.isExpanded === false) return same({ type: 'expand', keys: [active.key] })
      return same(active.isExpanded === true ? activate(rows[at + 1]) : { type: 'nothing' })
    case 'ArrowLeft':
      if (active.isExpanded === true) return same({ type: 'collapse', key: active.key })
      return same(active.parentKey === null ? { type: 'nothing' } : { type: 'activate', key: active.parentKey })
    case '*':
      return same({ type: 'expand', keys: foldedSiblings(rows, active) })
    case ' ':
      if (isTyping) break
      if (active.isExpanded === null) return same({ type: 'nothing' })
      return same(active.isExpanded ? { type: 'collapse', key: active.key } : { type: 'expand', keys: [active.key] })
  }
  if ([...press.key].length !== 1) return { meaning: null, typed }
  const letters = (isTyping ? typed.letters : '') + press.key.toLowerCase()
  return { meaning: activate(jump(rows, at, letters)) ?? { type: 'nothing' }, typed: { letters, at: press.at } }
}

function activate(row: TreeRow | undefined): KeyMeaning {
  return row === undefined ? null : { type: 'activate', key: row.key }
}

/** The next row whose name begins with the letters; one letter again and again goes from match to match. */
function jump(rows: readonly TreeRow[], from: number, letters: string): TreeRow | undefined {
  const isOneLetter = [...letters].every((letter) => letter === letters[0])
  const wanted = isOneLetter ? letters.slice(0, 1) : letters
  const first = isOneLetter ? from + 1 : from
  for (let step = 0; step < rows.length; step += 1) {
    const row = rows[(first + step) % rows.length]
    if (row?.name.toLowerCase().startsWith(wanted)) return row
  }
  return undefined
}

function foldedSiblings(rows: readonly TreeRow[], active: TreeRow): string[] {
  if (active.setSize > MOST_SIBLINGS) return []
  return rows.filter((row) => row.parentKey === active.parentKey && row.isExpanded === false).map((row) => row.key)
}
