import type { ActiveBackend } from '../../contract/activity'

/** What of a server's activity is shown. */
export interface ActivityFilter {
  /** Words that all occur in what is told of a backend. */
  readonly words: string
  /** Shows only what is in this database; null for all of them. */
  readonly database: string | null
  /** Shows sessions that do nothing and are in no transaction. */
  readonly withIdle: boolean
  /** Shows the server's own processes. */
  readonly withProcesses: boolean
}

/** A backend as it stands in the list: below whom it waits for. */
export interface ActivityRow {
  readonly backend: ActiveBackend
  /** 0 for a backend that waits for nobody that is shown above it. */
  readonly depth: number
  /** How many wait for it, directly or behind others. */
  readonly blockedCount: number
}

/**
 * The backends in the order in which they matter: who blocks others with all that wait below, then who waits, who is active, who is in
 * a transaction, and the rest; the longest first. What leads to a backend that is in a blocking chain is shown whatever the filter says.
 */
export function orderActivity(backends: readonly ActiveBackend[], filter: ActivityFilter): ActivityRow[] {
  const byPid = new Map(backends.map((backend) => [backend.backendPid, backend]))
  const waiting = new Map<number, ActiveBackend[]>()
  for (const backend of backends)
    for (const pid of new Set(backend.waitsFor)) {
      if (!byPid.has(pid)) continue
      const others = waiting.get(pid)
      if (others === undefined) waiting.set(pid, [backend])
      else others.push(backend)
    }
  const blocked = countBlocked(waiting)
  const isInChain = (backend: ActiveBackend) => waiting.has(backend.backendPid) || backend.waitsFor.length > 0
  const isShown = (backend: ActiveBackend) =>
    hasWords(backend, filter.words) && (isInChain(backend) || passes(backend, filter))
  const rows: ActivityRow[] = []
  const placed = new Set<number>()
  const place = (backend: ActiveBackend, depth: number) => {
    if (placed.has(backend.backendPid)) return
    placed.add(backend.backendPid)
    if (isShown(backend)) rows.push({ backend, depth, blockedCount: blocked.get(backend.backendPid) ?? 0 })
    for (const next of (waiting.get(backend.backendPid) ?? []).toSorted(byRank))
      if (!placed.has(next.backendPid)) place(next, depth + 1)
  }
  const roots = backends.filter((backend) => !backend.waitsFor.some((pid) => byPid.has(pid)))
  const blocks = (backend: ActiveBackend) => waiting.has(backend.backendPid)
  for (const root of roots.filter(blocks).toSorted(byRank)) place(root, 0)
  // Those that wait in a circle have no root; the server ends one of them by itself.
  for (const rest of backends.toSorted(byRank)) place(rest, 0)
  return rows
}

/**
 * How many wait for each backend, directly or behind others; in a circle, which the server breaks within a second, perhaps fewer. A queue
 * of n has n²/2 waits: each set is made once, of the sets of those who wait, and none is added that is in it already.
 */
function countBlocked(waiting: ReadonlyMap<number, readonly ActiveBackend[]>): ReadonlyMap<number, number> {
  const pids = new Set<number>(waiting.keys())
  for (const waiters of waiting.values()) for (const { backendPid } of waiters) pids.add(backendPid)
  const placeOf = new Map([...pids].map((pid, place) => [pid, place]))
  const sets = new Map<number, Uint32Array>()
  const setOf = (pid: number): Uint32Array => {
    const known = sets.get(pid)
    if (known !== undefined) return known
    const own = new Uint32Array(Math.ceil(pids.size / 32))
    sets.set(pid, own)
    const waiters = (waiting.get(pid) ?? []).map(({ backendPid }) => backendPid)
    for (const waiter of waiters.toSorted((a, b) => (waiting.get(b)?.length ?? 0) - (waiting.get(a)?.length ?? 0))) {
      const place = placeOf.get(waiter) as number // of every waiter
      if (((own[place >> 5] ?? 0) & (1 << (place & 31))) !== 0) continue
      for (const [at, word] of setOf(waiter).entries()) own[at] = (own[at] ?? 0) | word
      own[place >> 5] = (own[place >> 5] ?? 0) | (1 << (place & 31))
    }
    return own
  }
  return new Map([...waiting.keys()].map((pid) => [pid, sizeWithout(setOf(pid), placeOf.get(pid) as number)]))
}

function sizeWithout(set: Uint32Array, place: number): number {
  let size = 0
  for (const [at, word] of set.entries()) {
    let left = at === place >> 5 ? word & ~(1 << (place & 31)) : word
    for (; left !== 0; left &= left - 1) size += 1
  }
  return size
}

function passes(backend: ActiveBackend, { database, withIdle, withProcesses }: ActivityFilter): boolean {
  if (backend.backendType !== 'client backend') return withProcesses
  if (database !== null && backend.database !== database) return false
  return withIdle || backend.state !== 'idle' || backend.transactionMs !== null
}

function hasWords(backend: ActiveBackend, words: string): boolean {
  const { backendPid, applicationName, role, database, clientAddress, state, wait, query, backendType } = backend
  const all = [backendPid, applicationName, role, database, clientAddress, state, wait, query, backendType]
  const text = all.join(' ').toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** The longest in the state that matters most comes first. */
function byRank(a: ActiveBackend, b: ActiveBackend): number {
  return rankOf(a) - rankOf(b) || (b.transactionMs ?? 0) - (a.transactionMs ?? 0) || b.sinceMs - a.sinceMs
}

function rankOf(backend: ActiveBackend): number {
  if (backend.backendType !== 'client backend') return 5
  if (backend.waitsFor.length > 0) return 0
  if (backend.state === 'active') return 1
  if (backend.state.startsWith('idle in transaction')) return 2
  return backend.state === 'idle' ? 4 : 3
}
