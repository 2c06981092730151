import { Play, Square } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../ui/button'
import { countOf, formatCount } from '../ui/format'
import { readableBytes } from './grid/visible-text'
import type { ResultView } from './tab-query'

/** Says below the grid that reading is paused at a limit, with Continue and Stop, or that these are only the first rows; nothing otherwise. */
export function ReadingLimit(props: {
  readonly result: ResultView
  /** True when stopping the statement aborts a transaction. */
  readonly isInTransaction: boolean
  readonly isStopping: boolean
  readonly onContinue: () => void
  readonly onStop: () => void
}): ReactNode {
  const { result, isInTransaction, isStopping } = props
  const { rowCount, paused } = result
  if (paused === null) return result.isFirstPart && rowCount > 0 ? <FirstPart rowCount={rowCount} /> : null
  return (
    <div className="reading-limit" role="status" aria-label="Reading paused">
      <p>
        <b>
          Paused at {countOf(rowCount, 'row')}
          {paused.reason === 'bytes' ? `, ${readableBytes(paused.byteCount)}` : ''}.
        </b>{' '}
        The statement stays open on the server and holds its snapshot; this tab can run nothing else meanwhile.
        {isInTransaction ? ' Stop aborts the open transaction.' : ''}
      </p>
      <Button
        size="small"
        isDisabled={isStopping}
        onPress={props.onContinue}
        tip={paused.reason === 'rows' ? 'Read as many rows again' : 'Read as much again'}
      >
        <Play className="i" />
        Continue
      </Button>
      <Button size="small" isDisabled={isStopping} onPress={props.onStop} tip="End the statement and keep these rows">
        <Square className="i" />
        Stop
      </Button>
    </div>
  )
}

function FirstPart({ rowCount }: { readonly rowCount: number }): ReactNode {
  return (
    <div className="reading-limit" role="note">
      <p>
        {rowCount === 1 ? 'This is the first row' : `These are the first ${formatCount(rowCount)} rows`}: the statement
        ended before the rest came.
      </p>
    </div>
  )
}
