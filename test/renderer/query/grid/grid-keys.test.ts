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
    ['Ctrl+f', 'find'],
    ['F3', 'find next'],
    ['Shift+F3', 'find previous'],
    ['Ctrl+Shift+F', 'filter'],
    ['F4', 'record'],
    ['Shift+Enter', 'record'],
    ['Ctrl+e', 'export'],
    ['Space', 'press'],
    ['Alt+Backspace', 'server order'],
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

  it.each([
    ['Alt+ArrowUp', { type: 'sort', direction: 'ascending', isAdded: false }],
    ['Alt+Shift+ArrowDown', { type: 'sort', direction: 'descending', isAdded: true }],
    ['Alt+ArrowLeft', { type: 'move column', by: -1 }],
    ['Alt+Shift+ArrowRight', { type: 'widen column', by: 16 }],
  ])('%s arranges the column with the focus', (keys, command) => {
    expect(gridCommand(press(keys), 20)).toEqual(command)
  })

  it.each(['Ctrl+Enter', 'Ctrl+Alt+ArrowDown', 'Tab', 'F5', 'F6', 'a', 'Ctrl+Shift+P'])(
    '%s is not the grid’s',
    (keys) => {
      expect(gridCommand(press(keys), 20)).toBeNull()
    },
  )
})
