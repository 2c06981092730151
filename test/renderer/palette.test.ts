import { describe, expect, it } from 'vitest'
import type { PaletteMode } from '../../renderer/app-store'
import type { Command, Destination } from '../../renderer/command'
import { findItems } from '../../renderer/palette-items'

const COMMAND: Command = { id: 'run', label: 'Run orders', isEnabled: true, run: () => {} }

function aDestination(kind: Destination['kind'], label: string): Destination {
  return { id: `${kind}-${label}`, label, kind, remark: '', go: () => {} }
}

const DESTINATIONS = [aDestination('connection', 'orders production'), aDestination('table', 'orders')]

/** The items as they stand in the list: group and label. */
function read(mode: PaletteMode, typed: string): string[] {
  return findItems(mode === 'commands' ? [COMMAND] : [], DESTINATIONS, typed, mode).map(
    ({ group, parts }) => `${group}: ${parts.map(({ text }) => text).join('')}`,
  )
}

describe('connections in the palette', () => {
  it.each<[PaletteMode, string, string[]]>([
    ['commands', 'orders', ['Commands: Run orders', 'Connections: orders production', 'Relations: orders']],
    ['commands', '', ['Commands: Run orders']],
    ['go', 'orders', ['Relations: orders']],
    ['connections', '', ['Connections: orders production']],
    ['connections', 'prod', ['Connections: orders production']],
  ])('in mode %s, with "%s" typed', (mode, typed, expected) => {
    expect(read(mode, typed)).toEqual(expected)
  })
})
