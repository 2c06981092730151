import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { commitAndLeave, openTransactions } from './app-leaving'
import { showOverlay } from './app-store'
import { queryOf, queryStore } from './query/query-store'
import { uncommittedWords } from './query/transaction-look'
import { Button } from './ui/button'
import { Dialog } from './ui/dialog'

const stay = () => showOverlay({ kind: 'none' })

/** Asks what becomes of open transactions before the window or the connection is closed. */
export function LeavingDialog(props: {
  readonly what: 'window' | 'connection'
  readonly proceed: () => void
}): ReactNode {
  const { what, proceed } = props
  useStore(queryStore) // what runs may end while the dialog is open
  const all = openTransactions()
  const canCommit = all.some(({ status }) => status === 'open')
  const running = all.filter(({ isRunning }) => isRunning)
  const leave = () => {
    stay()
    proceed()
  }
  return (
    <Dialog
      role="alertdialog"
      title={all.length === 1 ? 'A transaction is open' : `${all.length} transactions are open`}
      label="Open transactions"
      width={520}
      onClose={stay}
      footer={
        <>
          <span className="grow" />
          <Button autoFocus onPress={stay}>
            Stay
          </Button>
          {canCommit ? (
            <Button isDisabled={running.length > 0} onPress={() => void commitAndLeave(proceed)}>
              Commit and close
            </Button>
          ) : null}
          <Button variant="danger" onPress={leave}>
            Roll back and close
          </Button>
        </>
      }
    >
      <p className="dialog-text">
        Closing the {what} ends {all.length === 1 ? 'its session' : 'their sessions'}. What is not committed is lost.
      </p>
      <ul className="leaving-list">
        {all.map(({ tab, status, isRunning }) => (
          <li key={tab.tabId}>
            <span className="cut">{tab.title}</span>
            <span className={`badge ${status === 'open' ? 'is-running' : 'is-failed'}`}>
              {status === 'open' ? 'In transaction' : 'Aborted'}
            </span>
            <span className="dim small">
              {isRunning
                ? 'a statement still runs: cancel it to commit'
                : status === 'aborted'
                  ? 'can only be rolled back'
                  : (uncommittedWords(queryOf(tab.tabId).transaction.uncommitted) ?? '')}
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
