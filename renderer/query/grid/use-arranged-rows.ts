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
  onShown: () => void,
): ArrangedRows {
  const [wanted, setWanted] = useState<Arrangement>(SERVER_ORDER)
  const [view, setView] = useState<ShownView | null>(null)
  const [progress, setProgress] = useState<ArrangedRows['progress']>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const work = useRef<Work | null>(null)
  const shown = useRef<Arrangement>(SERVER_ORDER)
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

  const stop = useCallback(() => {
    if (work.current === null) return false
    end()
    setWanted(shown.current)
    return true
  }, [end])

  return { wanted, view, progress, problem, arrange, stop }
}
