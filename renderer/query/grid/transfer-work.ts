import { useCallback, useEffect, useRef, useState } from 'react'
import { failureMessage } from '../../../contract/failure'
import type { TransferEvent } from '../../../contract/transfer'
import type { Work } from './grid-engine'
import { readableBytes, readableCount } from './visible-text'

/** A file that is being written, or was. */
export type TransferSituation =
  | { readonly kind: 'none' }
  | { readonly kind: 'writing'; readonly name: string; readonly words: string }
  | { readonly kind: 'written'; readonly words: string }
  | { readonly kind: 'failed'; readonly words: string }

/** Follows the writing of a file, and stops it; what is said of it stays until the next begins. */
export function useTransfer(isOfRows: boolean): {
  readonly situation: TransferSituation
  readonly start: (name: string, begin: (onEvent: (event: TransferEvent) => void) => Work) => void
  /** True when something was being written. */
  readonly stop: () => boolean
  readonly forget: () => void
} {
  const [situation, setSituation] = useState<TransferSituation>({ kind: 'none' })
  const work = useRef<Work | null>(null)
  const close = useCallback(() => {
    const wasRunning = work.current !== null
    work.current?.close()
    work.current = null
    return wasRunning
  }, [])
  useEffect(() => () => void close(), [close])

  const start = useCallback(
    (name: string, begin: (onEvent: (event: TransferEvent) => void) => Work) => {
      close()
      setSituation({ kind: 'writing', name, words: `Writing ${name}` })
      const own = begin((event) => {
        if (work.current !== own) return
        const size = readableBytes(event.byteCount)
        if (event.type === 'rowsWritten') {
          const rows = isOfRows ? `${readableCount(event.rows)} of ${readableCount(event.total)} rows, ` : ''
          return setSituation({ kind: 'writing', name, words: `Writing ${name}: ${rows}${size}` })
        }
        const rows = isOfRows ? `${readableCount(event.rows)} ${event.rows === 1 ? 'row' : 'rows'}, ` : ''
        setSituation({ kind: 'written', words: `Saved ${name}: ${rows}${size}` })
      })
      work.current = own
      void own.ended.then((failure) => {
        if (work.current !== own) return
        work.current = null
        if (failure !== null) setSituation({ kind: 'failed', words: failureMessage(failure) })
      })
    },
    [close, isOfRows],
  )
  const stop = useCallback(() => {
    const wasRunning = close()
    if (wasRunning) setSituation({ kind: 'failed', words: 'Stopped: no file was written' })
    return wasRunning
  }, [close])
  const forget = useCallback(() => {
    if (work.current === null) setSituation({ kind: 'none' })
  }, [])
  return { situation, start, stop, forget }
}
