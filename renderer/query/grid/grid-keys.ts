import type { SelectionEvent } from './selection'

/** What a key asks of the grid. */
export type GridCommand =
  | { readonly type: 'select'; readonly event: SelectionEvent }
  | { readonly type: 'open' | 'copy' | 'copy as' | 'menu' | 'go to row' | 'collapse' }

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
  if (press.altKey) return null
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
      return isExtending ? { type: 'select', event: { type: 'rowsChosen' } } : null
    case 'Enter':
      return { type: 'open' }
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
    default:
      return null
  }
}
