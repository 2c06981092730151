import { type ReactNode, useState } from 'react'
import type { TabHead } from '../contract/workspace'
import { closeForGood, endAndClose, saveTab } from './app-actions'
import { type Overlay, showOverlay } from './app-store'
import { LeavingDialog } from './leaving-dialog'
import { queryOf } from './query/query-store'
import { uncommittedWords } from './query/transaction-look'
import { Button } from './ui/button'
import { Dialog } from './ui/dialog'
import { FailureView } from './ui/failure-view'
import { TextField } from './ui/field'
import { FormDialog } from './ui/form-dialog'
import { renameTab } from './workspace/workspace-actions'

const close = () => showOverlay({ kind: 'none' })

/** The dialogs that belong to no feature. */
export function AppOverlay({ overlay }: { readonly overlay: Overlay }): ReactNode {
  switch (overlay.kind) {
    case 'none':
    case 'palette':
      return null
    case 'rename':
      return <RenameDialog tab={overlay.tab} />
    case 'closing':
      return overlay.loses === 'transaction' ? (
        <OpenTransactionDialog tab={overlay.tab} />
      ) : (
        <UnsavedDialog tab={overlay.tab} />
      )
    case 'leaving':
      return <LeavingDialog what={overlay.what} proceed={overlay.proceed} />
    case 'failure':
      return (
        <Dialog title={overlay.title} label={overlay.title} width={520} onClose={close} footer={<CloseButton />}>
          <FailureView failure={overlay.failure} className="in-dialog" />
        </Dialog>
      )
  }
}

function CloseButton(): ReactNode {
  return (
    <>
      <span className="grow" />
      <Button autoFocus onPress={close}>
        Close
      </Button>
    </>
  )
}

function RenameDialog({ tab }: { readonly tab: TabHead }): ReactNode {
  const [title, setTitle] = useState(tab.title)
  const rename = () => {
    renameTab(tab.tabId, title)
    close()
  }
  return (
    <FormDialog
      title="Rename tab"
      deed="Rename"
      isReady={title.trim() !== ''}
      onSubmit={rename}
      onClose={close}
      width={420}
      className="form plain"
    >
      <TextField label="Title" value={title} onChange={setTitle} autoFocus className="w" />
    </FormDialog>
  )
}

function OpenTransactionDialog({ tab }: { readonly tab: TabHead }): ReactNode {
  // An aborted transaction has nothing left to commit: the server would answer COMMIT with ROLLBACK.
  const { status, uncommitted } = queryOf(tab.tabId).transaction
  const isAborted = status === 'aborted'
  const waiting = uncommittedWords(uncommitted)
  return (
    <Dialog
      role="alertdialog"
      title={isAborted ? 'The transaction of this tab is aborted' : 'This tab has an open transaction'}
      label="Open transaction"
      width={480}
      onClose={close}
      footer={
        <>
          <span className="grow" />
          <Button autoFocus onPress={close}>
            Stay
          </Button>
          {isAborted ? null : <Button onPress={() => void endAndClose(tab, 'commit')}>Commit and close</Button>}
          <Button variant="danger" onPress={() => void endAndClose(tab, 'rollback')}>
            Roll back and close
          </Button>
        </>
      }
    >
      <p className="dialog-text">
        {isAborted
          ? `A statement in it failed, so what it changed can only be rolled back. Closing “${tab.title}” ends its session.`
          : `Closing “${tab.title}” ends its session. What its transaction changed${waiting === null ? '' : ` (${waiting})`} is lost unless you commit it.`}
      </p>
    </Dialog>
  )
}

function UnsavedDialog({ tab }: { readonly tab: TabHead }): ReactNode {
  const save = async () => {
    close()
    if (await saveTab(tab)) closeForGood(tab)
  }
  return (
    <Dialog
      role="alertdialog"
      title={`${tab.title} is not saved`}
      label="Not saved"
      width={480}
      onClose={close}
      footer={
        <>
          <span className="grow" />
          <Button autoFocus onPress={close}>
            Stay
          </Button>
          <Button
            variant="danger"
            onPress={() => {
              close()
              closeForGood(tab)
            }}
          >
            Discard changes
          </Button>
          <Button variant="primary" onPress={() => void save()}>
            Save and close
          </Button>
        </>
      }
    >
      <p className="dialog-text">The text of this tab differs from its file.</p>
    </Dialog>
  )
}
