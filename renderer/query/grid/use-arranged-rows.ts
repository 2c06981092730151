import { useCallback, useEffect, useRef, useState } from 'react'
import { failureMessage } from '../../../contract/failure'
import type { ViewId } from '../../../contract/query'
import { type Arranged, type Arrangement, isServerOrder, SERVER_ORDER } from './arrangement'
import type { GridEngine, Work } from './grid-engine'
import type { FetchWindow } from './row-source'

/** The view that is shown; its first rows came with it. */
export interface ShownView {
  readonly viewId: ViewId
  readonly arranged: Arranged
  readonly arrangement: Arrangement
  readonly firstWindow: Uint8Array | null
}

/** What is remembered of an arrangement while its grid is not there, as when another tab is shown. */
export interface ArrangementMemory {
  kept: { readonly wanted: Arrangement; readonly view: ShownView | null }
}

/** Nothing to remember. */
export function newArrangementMemory(): ArrangementMemory {
  return { kept: { wanted: SERVER_ORDER, view: null } }
}

/** The arrangement of a result's rows, and how to change it. */
export interface ArrangedRows {
  /** What was last asked for, which is shown as soon as the engine has made it. */
  readonly wanted: Arrangement
  readonly view: ShownView | null
  /** How far the engine has come with what was asked for; null when it is not at work. */
  readonly progress: { readonly done: number; readonly total: number } | null
  /** Why what was asked for cannot be had. */
  readonly problem: string | null
  readonly arrange: (arrangement: Arrangement) => void
  /** Stops the work and keeps what is shown; true when there was some. */
  readonly stop: () => boolean
}

/** Lets the engine sort and filter; the rows that are shown stay until the others are there. */
export function useArrangedRows(
  engine: GridEngine,
  fetchWindow: FetchWindow,
  windowRows: number,
  memory: ArrangementMemory,
  onShown: () => void,
): ArrangedRows {
  const [wanted, setWanted] = useState<Arrangement>(memory.kept.wanted)
  const [view, setView] = useState<ShownView | null>(memory.kept.view)
  const [progress, setProgress] = useState<ArrangedRows['progress']>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const work = useRef<Work | null>(null)
  const shown = useRef<Arrangement>(memory.kept.view?.arrangement ?? SERVER_ORDER)
  const latest = useRef({ fetchWindow, onShown })
  latest.current = { fetchWindow, onShown }

  const end = useCallback(() => {
    work.current?.close()
    work.current = null
    setProgress(null)
  }, [])
  useEffect(() => end, [end])

  const show = useCallback((next: ShownView | null) => {
    shown.current = next?.arrangement ?? SERVER_ORDER
    setView(next)
    latest.current.onShown()
  }, [])

  const arrange = useCallback(
    (arrangement: Arrangement) => {
      end()
      setWanted(arrangement)
      setProblem(null)
      if (isServerOrder(arrangement)) return show(null)
      setProgress({ done: 0, total: 0 })
      const filters = arrangement.filters.map(({ filter }) => filter)
      const own = engine.arrange(arrangement.sort, filters, (event) => {
        if (work.current !== own) return
        if (event.type === 'rowsPassed') return setProgress({ done: event.done, total: event.total })
        const { viewId } = event
        // The first rows come before the view is shown: nothing is drawn that is empty for a moment.
        void latest.current.fetchWindow(0, windowRows, viewId).then((firstWindow) => {
          if (work.current !== own) return
          work.current = null
          setProgress(null)
          show({ viewId, arranged: event, arrangement, firstWindow })
        })
      })
      work.current = own
      void own.ended.then((failure) => {
        if (failure === null || work.current !== own) return
        end()
        setProblem(failureMessage(failure))
        setWanted(shown.current)
      })
    },
    [engine, end, show, windowRows],
  )

  useEffect(() => {
    // Its first rows are read anew: a page of many results would be megabytes.
    memory.kept = { wanted, view: view === null ? null : { ...view, firstWindow: null } }
  }, [memory, wanted, view])
  // What was being made when the grid went away is made now.
  const first = useRef(arrange)
  useEffect(() => {
    const { kept } = memory
    if (kept.wanted !== shown.current) first.current(kept.wanted)
  }, [memory])

  const stop = useCallback(() => {
    if (work.current === null) return false
    end()
    setWanted(shown.current)
    return true
  }, [end])

  return { wanted, view, progress, problem, arrange, stop }
}
