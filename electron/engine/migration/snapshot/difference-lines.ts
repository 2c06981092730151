import type { ChangedObject, SchemaDifference } from './compare-snapshots'
import { impliedIn } from './implied-changes'
import type { SnapshotObject } from './read-snapshot'

/** One readable line of a difference: `+` added, `-` removed, `~` changed. */
export interface DifferenceLine {
  readonly sign: '+' | '-' | '~'
  readonly text: string
}

/**
 * How a difference is told: as what happened from the first to the second, or as what a rollback left behind, when the first is
 * the schema that it should have brought back.
 */
export type Telling = 'what happened' | 'what is left'

/** Definitions up to this length are quoted in a line; a longer one is only said to differ. */
const MAX_QUOTED = 200

/** A property whose value says by itself what it is. */
const SPEAKING = new Set([
  'definition',
  'type',
  'not null',
  'identity',
  'generated',
  'persistence',
  'row level security',
  'forced row level security',
  'inherited',
  'validity',
  'state',
  'cycle',
  'merges',
  'hashes',
  'columns',
  'text',
  'labels',
  'method',
  'context',
  'determinism',
  'shell',
  'via root',
  'generated columns',
  'trust',
  'triggers',
  'clustered',
  'range',
])

/** The difference in words, one line for everything that does not follow from another line; what is part of one relation stands together. */
export function differenceLines(
  difference: SchemaDifference,
  telling: Telling = 'what happened',
): readonly DifferenceLine[] {
  const isImplied = impliedIn(difference)
  const lines: { readonly place: string; readonly line: DifferenceLine }[] = []
  const say = (object: SnapshotObject, sign: DifferenceLine['sign'], text: string) =>
    lines.push({ place: placeOf(object, sign), line: { sign, text } })
  for (const object of difference.removed) {
    if (isImplied.removed(object)) continue
    say(object, '-', telling === 'what is left' ? `${nameOf(object)} is not restored` : described(object))
  }
  for (const object of difference.added) {
    if (isImplied.added(object)) continue
    say(object, '+', telling === 'what is left' ? `${nameOf(object)} stays` : described(object))
  }
  for (const change of difference.changed) {
    for (const text of changedTexts(change, telling, isImplied)) say(change.after, '~', text)
  }
  return lines
    .sort((one, other) => (one.place < other.place ? -1 : one.place > other.place ? 1 : 0))
    .map(({ line }) => line)
}

/** What an object is called on the screen; schema public goes without saying. */
export function nameOf({ kind, identity }: Pick<SnapshotObject, 'kind' | 'identity'>): string {
  return `${kind} ${plain(identity)}`
}

const ORDER = ['schema', 'table', 'partitioned table', 'column', 'column order', 'constraint', 'index']

function placeOf(object: SnapshotObject, sign: string): string {
  const rank = ORDER.indexOf(object.kind)
  const own = object.parent ?? (rank >= 0 && rank <= 2 ? object.identity : `${object.kind} ${object.identity}`)
  const order = rank < 0 ? (object.parent === null ? 0 : ORDER.length) : rank
  return `${object.parent === null && rank < 0 ? '~' : ''}${own}\0${String(order).padStart(2, '0')}\0${object.identity}\0${sign}`
}

function described(object: SnapshotObject): string {
  const facts: string[] = []
  for (const [name, value] of Object.entries(object.properties)) {
    if (UNTOLD.has(name)) continue
    if (value.length <= MAX_QUOTED && !value.includes('\n')) facts.push(said(name, plain(value)))
  }
  return facts.length === 0 ? nameOf(object) : `${nameOf(object)}: ${facts.join(', ')}`
}

/** What every new object has and nobody asks for in a line. */
const UNTOLD = new Set([
  'owner',
  'not null constraint',
  'of constraint',
  'start',
  'increment',
  'minimum',
  'maximum',
  'cache',
  'final modifies',
  'parallel',
])

function changedTexts(change: ChangedObject, telling: Telling, isImplied: ReturnType<typeof impliedIn>): string[] {
  const { before, after } = change
  const name = nameOf(after)
  if (after.kind === 'column order') {
    return isImplied.order(change)
      ? []
      : [`${name}: ${after.properties.columns ?? ''}, was ${before.properties.columns ?? ''}`]
  }
  const texts =
    before.identity !== after.identity && !isImplied.renamed(change)
      ? [`${nameOf(before)} is called ${plain(after.identity)}`]
      : []
  for (const each of change.changes) {
    if (isImplied.property(change, each)) continue
    const was = each.before === null ? null : plain(each.before)
    const is = each.after === null ? null : plain(each.after)
    texts.push(
      telling === 'what is left' ? leftText(name, each.name, was, is) : `${name}: ${happenedText(each.name, was, is)}`,
    )
  }
  return texts
}

function happenedText(property: string, was: string | null, is: string | null): string {
  if (is === null) return SPEAKING.has(property) ? `no longer ${quoted(was)}` : `no ${property}, was ${quoted(was)}`
  if (was === null) return said(property, quoted(is))
  if (isLong(was) || isLong(is)) return `${property} changed`
  return `${said(property, is)}, was ${was}`
}

function leftText(name: string, property: string, was: string | null, is: string | null): string {
  if (is === null) return `${name}: ${said(property, quoted(was))} is not restored`
  if (was === null) return `${name}: ${said(property, quoted(is))} stays`
  if (isLong(was) || isLong(is)) return `${name}: another ${property} stays`
  return property === 'type' ? `${name} stays ${is}, was ${was}` : `${name}: ${said(property, is)} stays, was ${was}`
}

function said(property: string, value: string): string {
  return SPEAKING.has(property) ? value : `${property} ${value}`
}

function isLong(value: string): boolean {
  return value.length > MAX_QUOTED || value.includes('\n')
}

function quoted(value: string | null): string {
  const text = (value ?? '').replace(/\s+/g, ' ')
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}…`
}

function plain(text: string): string {
  return text.replace(/(^|[\s(,['])public\./g, '$1')
}
