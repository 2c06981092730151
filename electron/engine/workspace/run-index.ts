import { HISTORY_PAGE, type HistoryEntry, type HistoryEntryId, type HistoryPage } from '../../../contract/history'
import type { ProfileId } from '../../../contract/profile'

interface Indexed {
  entry: HistoryEntry
  /** What is searched, in lower case. Facts and messages are alike in many runs and kept once. */
  readonly text: string
  facts: string
}

interface Search {
  readonly wanted: readonly string[]
  readonly profileId: ProfileId | null
  /** The youngest first. */
  readonly found: readonly Indexed[]
}

/** What is searched for. */
export interface RunQuestion {
  readonly words: string
  readonly profileId: ProfileId | null
  readonly from: number
}

const FACTS_KEPT = 10_000

/** Runs in memory, in the order in which they began, searched by plain text: 100,000 take some milliseconds. */
export class RunIndex {
  private runs: Indexed[] = []
  private readonly byId = new Map<HistoryEntryId, Indexed>()
  private readonly facts = new Map<string, string>()
  /** Pages of one search come from one pass. */
  private last: Search | null = null

  /** How many runs there are. */
  get size(): number {
    return this.runs.length
  }

  /** Adds a run that is younger than all others; `text` is its whole text. */
  add(entry: HistoryEntry, text: string): void {
    const run: Indexed = { entry, text: text.toLowerCase(), facts: this.factsOf(entry) }
    this.runs.push(run)
    this.byId.set(entry.id, run)
    this.last = null
  }

  /** The run of that id; undefined when it is not there. */
  get(id: HistoryEntryId): HistoryEntry | undefined {
    return this.byId.get(id)?.entry
  }

  /** Puts a changed entry in the place of the one with its id. */
  replace(entry: HistoryEntry): void {
    const run = this.byId.get(entry.id)
    if (run === undefined) return
    run.entry = entry
    run.facts = this.factsOf(entry)
    this.last = null
  }

  /** Forgets runs. */
  remove(ids: ReadonlySet<HistoryEntryId>): void {
    this.runs = this.runs.filter(({ entry }) => !ids.has(entry.id))
    for (const id of ids) this.byId.delete(id)
    this.last = null
  }

  /** Ids of all runs, or of one profile's. */
  ids(profileId: ProfileId | null): readonly HistoryEntryId[] {
    return this.runs.flatMap(({ entry }) => (profileId === null || entry.profileId === profileId ? [entry.id] : []))
  }

  /** A page of the runs in which every word occurs, the newest first. */
  search({ words, profileId, from }: RunQuestion): HistoryPage {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
    if (!isSame(this.last, wanted, profileId)) this.last = { wanted, profileId, found: this.find(wanted, profileId) }
    const { found } = this.last
    return { total: found.length, entries: found.slice(from, from + HISTORY_PAGE).map(({ entry }) => entry) }
  }

  private find(wanted: readonly string[], profileId: ProfileId | null): readonly Indexed[] {
    const { last } = this
    // Another letter typed: only what was found without it can be found with it.
    const isNarrower =
      last !== null &&
      last.profileId === profileId &&
      last.wanted.every((word) => wanted.some((one) => one.includes(word)))
    const among = isNarrower ? last.found : this.runs.toReversed()
    return among.filter(
      ({ entry, text, facts }) =>
        (profileId === null || entry.profileId === profileId) &&
        wanted.every((word) => text.includes(word) || facts.includes(word)),
    )
  }

  private factsOf({ database, role, host, profileName, outcome, message }: HistoryEntry): string {
    const facts = [database, role, host, profileName, outcome, message ?? ''].join('\n').toLowerCase()
    const known = this.facts.get(facts)
    if (known !== undefined) return known
    if (this.facts.size < FACTS_KEPT) this.facts.set(facts, facts)
    return facts
  }
}

function isSame(last: Search | null, wanted: readonly string[], profileId: ProfileId | null): last is Search {
  if (last === null || last.profileId !== profileId || last.wanted.length !== wanted.length) return false
  return last.wanted.every((word, at) => word === wanted[at])
}
