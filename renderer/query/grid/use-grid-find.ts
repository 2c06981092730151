import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { ViewId } from '../../../contract/query'
import type { GridEngine, Work } from './grid-engine'
import { Matches } from './matches'

/** What is searched for. */
export interface Wanted {
  readonly text: string
  readonly isCaseSensitive: boolean
  /** Number of the one column that is searched; null for all that are shown. */
  readonly column: number | null
}

/** Milliseconds without a key after which the search begins. */
const REST_MS = 120

/** A search in the loaded rows. */
export interface GridFind {
  readonly wanted: Wanted
  readonly want: (change: Partial<Wanted>) => void
  readonly matches: Matches
  /** Number of the match with the focus, from 0; -1 when none has it. */
  readonly current: number
  /** How far the search has come; null when it is not at work. */
  readonly progress: { readonly done: number; readonly total: number } | null
  readonly isCapped: boolean
  /** Goes to the next match behind the focus, or to the one before; around the ends. */
  readonly go: (step: 1 | -1) => void
  /** Stops the search and forgets its matches. */
  readonly stop: () => void
}

/** Lets the engine search, and goes to the matches; `columns` are the shown columns in their order. */
export function useGridFind(parts: {
  readonly engine: GridEngine
  readonly viewId: ViewId | undefined
  readonly isOpen: boolean
  readonly rowCount: number
  readonly columns: readonly number[]
  /** The cell with the focus, by its row and the number of its column. */
  readonly at: { readonly row: number; readonly column: number } | null
  readonly onGo: (row: number, column: number) => void
}): GridFind {
  const { engine, viewId, isOpen, columns, at, onGo, rowCount } = parts
  const [wanted, setWanted] = useState<Wanted>({ text: '', isCaseSensitive: false, column: null })
  const [matches, setMatches] = useState(() => new Matches([]))
  const [progress, setProgress] = useState<GridFind['progress']>(null)
  const [isCapped, setIsCapped] = useState(false)
  const work = useRef<Work | null>(null)
  const now = useRef({ at, onGo })
  now.current = { at, onGo }
  const columnsKey = columns.join()

  const stop = useCallback(() => {
    work.current?.close()
    work.current = null
    setProgress(null)
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the columns, which are made anew each time
  useEffect(() => {
    stop()
    setMatches(new Matches([]))
    setIsCapped(false)
    if (!isOpen || wanted.text === '') return
    const searched = wanted.column === null ? columns : [wanted.column]
    const timer = setTimeout(() => {
      let found = new Matches([])
      let isAt = false
      const goOnce = (isLast: boolean) => {
        if (isAt || found.count === 0) return
        const place = found.from(now.current.at)
        // What was found so far may all lie before the focus: the rest is waited for.
        if (place === null && !isLast) return
        isAt = true
        const match = found.at(place ?? 0)
        if (match !== null) now.current.onGo(match.row, match.column)
      }
      setProgress({ done: 0, total: 0 })
      const { text, isCaseSensitive } = wanted
      const own = engine.find({ viewId, text, isCaseSensitive, columns: searched }, (event) => {
        if (work.current !== own) return
        switch (event.type) {
          case 'matchesFound':
            found = found.with(event.cells)
            setMatches(found)
            return goOnce(false)
          case 'rowsSearched':
            return setProgress({ done: event.done, total: event.total })
          case 'searchEnded':
            setProgress(null)
            setIsCapped(event.isCapped)
            return goOnce(true)
        }
      })
      work.current = own
      void own.ended.then(() => {
        if (work.current === own) setProgress(null)
      })
    }, REST_MS)
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [engine, viewId, isOpen, wanted, columnsKey, rowCount, stop])

  const current = useMemo(() => (at === null ? -1 : matches.indexOf(at)), [matches, at])
  const go = useCallback(
    (step: 1 | -1) => {
      const match = matches.at(matches.beside(now.current.at, step))
      if (match !== null) now.current.onGo(match.row, match.column)
    },
    [matches],
  )
  const want = useCallback((change: Partial<Wanted>) => setWanted((before) => ({ ...before, ...change })), [])
  return { wanted, want, matches, current, progress, isCapped, go, stop }
}
