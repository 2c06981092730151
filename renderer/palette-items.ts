import type { PaletteMode } from './app-store'
import { type Command, type Destination, type LabelPart, matchLabel } from './command'

/** One line of the palette. */
export interface PaletteItem {
  readonly id: string
  readonly group: string
  readonly parts: readonly LabelPart[]
  readonly remark: string
  readonly keys: string
  readonly isEnabled: boolean
  readonly kind: Destination['kind'] | 'command'
  readonly score: number
  readonly choose: () => void
}

/** Items shown per group while something is typed: the list stays readable over 10,000 relations. */
const GROUP_LIMIT = 50

const GROUPS: Readonly<Record<Destination['kind'], string>> = {
  connection: 'Connections',
  tab: 'Tabs',
  query: 'Saved queries',
  migration: 'Migrations',
  table: 'Relations',
  view: 'Relations',
  sequence: 'Relations',
}

/** What the palette lists for what was typed; destinations appear once something is typed, or in `go` mode. */
export function findItems(
  commands: readonly Command[],
  destinations: readonly Destination[],
  typed: string,
  mode: PaletteMode,
): PaletteItem[] {
  const found: PaletteItem[] = []
  for (const command of commands) {
    const match = matchLabel(command.label, typed)
    if (match === null) continue
    found.push({
      id: command.id,
      group: 'Commands',
      parts: match.parts,
      remark: command.remark ?? '',
      keys: command.keys ?? '',
      isEnabled: command.isEnabled,
      kind: 'command',
      score: typed === '' ? 0 : match.score,
      choose: command.run,
    })
  }
  if (typed !== '') found.sort((one, other) => one.score - other.score)
  if (typed === '' && mode === 'commands') return found
  const places = new Map<string, PaletteItem[]>([
    ['Connections', []],
    ['Tabs', []],
    ['Saved queries', []],
    ['Migrations', []],
    ['Relations', []],
  ])
  for (const destination of destinations) {
    // A connection is left, not gone to: `go` stays in the open one.
    if ((destination.kind === 'connection') !== (mode === 'connections') && mode !== 'commands') continue
    const match = matchLabel(destination.label, typed)
    if (match === null) continue
    const group = GROUPS[destination.kind]
    places.get(group)?.push({
      id: destination.id,
      group,
      parts: match.parts,
      remark: destination.remark,
      keys: '',
      isEnabled: true,
      kind: destination.kind,
      score: match.score,
      choose: destination.go,
    })
  }
  for (const group of places.values()) {
    if (typed !== '') group.sort((one, other) => one.score - other.score)
    found.push(...group.slice(0, GROUP_LIMIT))
  }
  return found
}
