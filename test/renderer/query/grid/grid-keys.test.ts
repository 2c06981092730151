import { describe, expect, it } from 'vitest'
import { gridCommand, type KeyPress } from '../../../../renderer/query/grid/grid-keys'

const press = (keys: string): KeyPress => {
  const parts = keys.split('+')
  return {
    key: parts.at(-1) === 'Space' ? ' ' : (parts.at(-1) ?? ''),
    ctrlKey: parts.includes('Ctrl'),
    metaKey: parts.includes('Cmd'),
    shiftKey: parts.includes('Shift'),
    altKey: parts.includes('Alt'),
  }
}

describe('grid keys', () => {
  it.each([
    ['ArrowDown', 1, 0, false],
    ['Shift+ArrowLeft', 0, -1, true],
    ['Home', 0, -Infinity, false],
    ['PageDown', 20, 0, false],
    ['Shift+PageUp', -20, 0, true],
    ['Ctrl+End', Infinity, Infinity, false],
    ['Cmd+ArrowUp', -Infinity, 0, false],
    ['Ctrl+Shift+Home', -Infinity, -Infinity, true],
  ])('%s moves', (keys, rows, positions, isExtending) => {
    expect(gridCommand(press(keys), 20)).toEqual({
      type: 'select',
      event: { type: 'moved', rows, positions, isExtending },
    })
  })

  it.each([
    ['Enter', 'open'],
    ['Escape', 'collapse'],
    ['Ctrl+c', 'copy'],
    ['Ctrl+Shift+C', 'copy as'],
    ['F2', 'menu'],
    ['ContextMenu', 'menu'],
    ['Shift+F10', 'menu'],
    ['Ctrl+g', 'go to row'],
  ])('%s asks for %s', (keys, type) => {
    expect(gridCommand(press(keys), 20)).toEqual({ type })
  })

  it.each([
    ['Ctrl+a', 'everythingChosen'],
    ['Ctrl+Space', 'columnsChosen'],
    ['Shift+Space', 'rowsChosen'],
  ])('%s selects', (keys, type) => {
    expect(gridCommand(press(keys), 20)).toEqual({ type: 'select', event: { type } })
  })

  it.each(['Ctrl+Enter', 'Alt+ArrowDown', 'Tab', 'F5', 'F6', 'a', 'Ctrl+Shift+P'])('%s is not the grid’s', (keys) => {
    expect(gridCommand(press(keys), 20)).toBeNull()
  })
})
