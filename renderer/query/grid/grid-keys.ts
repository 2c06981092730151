import type { SelectionEvent } from './selection'

/** What a key asks of the grid. */
export type GridCommand =
  | { readonly type: 'select'; readonly event: SelectionEvent }
  | { readonly type: 'open' | 'copy' | 'copy as' | 'menu' | 'go to row' | 'collapse' }
  | { readonly type: 'find' | 'find next' | 'find previous' | 'filter' | 'record' | 'export' | 'press' }
  /** Sorts by the column with the focus; `isAdded` keeps the other keys. */
  | { readonly type: 'sort'; readonly direction: 'ascending' | 'descending'; readonly isAdded: boolean }
  | { readonly type: 'server order' }
  /** Moves the column with the focus by one place, or makes it wider by so many pixels. */
  | { readonly type: 'move column'; readonly by: 1 | -1 }
  | { readonly type: 'widen column'; readonly by: number }

/** The parts of a keyboard event that matter here. */
export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

/** What the key asks of the grid; null when it is not the grid's. `pageRows` are the rows of a page. */
export function gridCommand(press: KeyPress, pageRows: number): GridCommand | null {
  if (press.altKey) return press.ctrlKey || press.metaKey ? null : commandWithAlt(press)
  const isExtending = press.shiftKey
  const move = (rows: number, positions: number): GridCommand => ({
    type: 'select',
    event: { type: 'moved', rows, positions, isExtending },
  })
  if (press.ctrlKey || press.metaKey) return commandWithControl(press, move)
  switch (press.key) {
    case 'ArrowUp':
      return move(-1, 0)
    case 'ArrowDown':
      return move(1, 0)
    case 'ArrowLeft':
      return move(0, -1)
    case 'ArrowRight':
      return move(0, 1)
    case 'Home':
      return move(0, -Infinity)
    case 'End':
      return move(0, Infinity)
    case 'PageUp':
      return move(-pageRows, 0)
    case 'PageDown':
      return move(pageRows, 0)
    case ' ':
      return isExtending ? { type: 'select', event: { type: 'rowsChosen' } } : { type: 'press' }
    case 'Enter':
      return { type: isExtending ? 'record' : 'open' }
    case 'F3':
      return { type: isExtending ? 'find previous' : 'find next' }
    case 'F4':
      return isExtending ? null : { type: 'record' }
    case 'Escape':
      return { type: 'collapse' }
    case 'F2':
    case 'ContextMenu':
      return { type: 'menu' }
    case 'F10':
      return isExtending ? { type: 'menu' } : null
    default:
      return null
  }
}

const WIDER_BY = 16

/** Alt arranges the column with the focus. */
function commandWithAlt({ key, shiftKey }: KeyPress): GridCommand | null {
  switch (key) {
    case 'ArrowUp':
      return { type: 'sort', direction: 'ascending', isAdded: shiftKey }
    case 'ArrowDown':
      return { type: 'sort', direction: 'descending', isAdded: shiftKey }
    case 'ArrowLeft':
      return shiftKey ? { type: 'widen column', by: -WIDER_BY } : { type: 'move column', by: -1 }
    case 'ArrowRight':
      return shiftKey ? { type: 'widen column', by: WIDER_BY } : { type: 'move column', by: 1 }
    case 'Backspace':
      return { type: 'server order' }
    default:
      return null
  }
}

function commandWithControl(
  press: KeyPress,
  move: (rows: number, positions: number) => GridCommand,
): GridCommand | null {
  switch (press.key.toLowerCase()) {
    case 'home':
      return move(-Infinity, -Infinity)
    case 'end':
      return move(Infinity, Infinity)
    case 'arrowup':
      return move(-Infinity, 0)
    case 'arrowdown':
      return move(Infinity, 0)
    case 'arrowleft':
      return move(0, -Infinity)
    case 'arrowright':
      return move(0, Infinity)
    case ' ':
      return { type: 'select', event: { type: 'columnsChosen' } }
    case 'a':
      return press.shiftKey ? null : { type: 'select', event: { type: 'everythingChosen' } }
    case 'c':
      return { type: press.shiftKey ? 'copy as' : 'copy' }
    case 'g':
      return press.shiftKey ? null : { type: 'go to row' }
    case 'f':
      return { type: press.shiftKey ? 'filter' : 'find' }
    case 'e':
      return press.shiftKey ? null : { type: 'export' }
    default:
      return null
  }
}
