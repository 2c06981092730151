import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { Button } from '../ui/button'
import type { Transfer, TransferSituation } from './grid/transfer-work'

const unseenFiles = createStore<ReadonlyMap<Transfer, Exclude<TransferSituation, { kind: 'none' }>>>(() => new Map())

/** Notes what is to be said of a file while the grid of its rows is not shown; null when there is nothing any more. */
export function sayOfUnseenFile(transfer: Transfer, said: TransferSituation | null): void {
  if (said === null && !unseenFiles.getState().has(transfer)) return
  const files = new Map(unseenFiles.getState())
  files.delete(transfer)
  if (said !== null && said.kind !== 'none') files.set(transfer, said)
  unseenFiles.setState(files, true)
}

/** How the last file stands whose grid is not shown: rows that were replaced are still written to their file. Nothing when there is none. */
export function UnseenFile(): ReactNode {
  const files = useStore(unseenFiles)
  const [transfer, said] = [...files].at(-1) ?? []
  if (transfer === undefined || said === undefined) return null
  const isWriting = said.kind === 'writing'
  return (
    <span className={said.kind === 'failed' ? 'st is-changed' : 'st'}>
      <span className="cut" role="status" aria-label="File" title={said.words}>
        {said.words}
      </span>
      <Button
        variant="bare"
        size="small"
        aria-label={isWriting ? 'Stop writing the file' : 'Dismiss'}
        onPress={() => (isWriting ? transfer.stop() : transfer.forget())}
      >
        {isWriting ? 'Cancel' : 'Dismiss'}
      </Button>
    </span>
  )
}
