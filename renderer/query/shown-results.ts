import { useRef } from 'react'
import type { ResultId } from '../../contract/query'
import type { ResultView } from './tab-query'

/** Tabs of results that are shown at once. */
export const RESULTS_SHOWN = 100

/** Grids that stay as they were left, with their place and selection, while others are looked at. */
const GRIDS_KEPT = 6

/** Numbers [from, to) of the results whose tabs are shown: the hundred with the chosen one, or the first. */
export function pageOfResults(
  results: readonly ResultView[],
  chosen: ResultId | 'messages',
): { readonly from: number; readonly to: number } {
  const at = Math.max(
    0,
    results.findIndex((result) => result.resultId === chosen),
  )
  const from = at - (at % RESULTS_SHOWN)
  return { from, to: Math.min(from + RESULTS_SHOWN, results.length) }
}

/** What was chosen last, the newest first: these panels are kept, the others are made anew when they are chosen. */
export function useRecentlyChosen(chosen: ResultId | 'messages'): readonly (ResultId | 'messages')[] {
  const recent = useRef<readonly (ResultId | 'messages')[]>([])
  if (recent.current[0] !== chosen) {
    recent.current = [chosen, ...recent.current.filter((one) => one !== chosen)].slice(0, GRIDS_KEPT + 1)
  }
  return recent.current
}
