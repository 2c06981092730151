import { type ReactNode, useState } from 'react'
import { useStore } from 'zustand'
import type { Failure } from '../../contract/failure'
import { type SavedQueryFile, savedQueryNameProblem } from '../../contract/saved-query'
import type { TabHead } from '../../contract/workspace'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { FailureView } from '../ui/failure-view'
import { TextField } from '../ui/field'
import { FormDialog } from '../ui/form-dialog'
import { draftText } from './drafts'
import { clearHistory } from './history-actions'
import { SaveQueryDialog, TwoTexts } from './save-query-dialog'
import { removeSavedQuery, renameSavedQuery, savedQueriesStore, saveQuery } from './saved-queries-actions'
import { askInDialog, workspaceDialogStore } from './workspace-dialog-store'

const close = () => askInDialog({ kind: 'none' })

/** Whatever is asked about saved queries and the history. */
export function WorkspaceDialogs(): ReactNode {
  const { dialog } = useStore(workspaceDialogStore)
  switch (dialog.kind) {
    case 'none':
      return null
    case 'save query':
      return <SaveQueryDialog tab={dialog.tab} onClose={close} />
    case 'query changed':
      return <ChangedDialog tab={dialog.tab} name={dialog.name} there={dialog.there} />
    case 'rename query':
      return <RenameDialog name={dialog.name} />
    case 'remove query':
      return <RemoveDialog name={dialog.name} />
    case 'clear history': {
      const { profileId } = dialog
      return (
        <Question
          title={profileId === null ? 'Clear the history of all connections' : 'Clear the history of this connection'}
          deed="Clear history"
          onDo={() => clearHistory(profileId).then(() => null)}
        >
          Strata forgets the texts and times of these runs. Nothing changes in any database, and your tabs stay.
        </Question>
      )
    }
  }
}

function ChangedDialog(props: {
  readonly tab: TabHead
  readonly name: string
  readonly there: SavedQueryFile | null
}): ReactNode {
  const { tab, name, there } = props
  const save = async (): Promise<Failure | null> => {
    const answer = await saveQuery(tab, name, there === null ? { kind: 'nothing' } : { kind: 'file', file: there })
    if ('kind' in answer) return answer
    if (answer.outcome === 'different') askInDialog({ kind: 'query changed', tab, name, there: answer.there })
    return null
  }
  return (
    <Question
      title={there === null ? `${name}.sql has gone` : `${name}.sql was changed by another program`}
      deed={there === null ? 'Save it again' : 'Replace it'}
      onDo={save}
    >
      {there === null ? (
        'The file was removed or renamed since this tab was read from it.'
      ) : (
        <TwoTexts there={there} text={draftText(tab.tabId)} />
      )}
    </Question>
  )
}

function RemoveDialog({ name }: { readonly name: string }): ReactNode {
  const folder = savedQueriesStore.getState().listing?.folder ?? ''
  return (
    <Question title={`Delete ${name}.sql`} deed="Delete" onDo={() => removeSavedQuery(name)}>
      The file is deleted from <span className="mono">{folder}</span>. An open tab keeps its text.
    </Question>
  )
}

/** A question whose deed destroys something: Cancel has the focus. */
function Question(props: {
  readonly title: string
  readonly deed: string
  readonly onDo: () => Promise<Failure | null>
  readonly children: ReactNode
}): ReactNode {
  const { title, deed, onDo, children } = props
  const [failure, setFailure] = useState<Failure | null>(null)
  const act = async () => {
    const before = workspaceDialogStore.getState().dialog
    const problem = await onDo()
    if (problem !== null) setFailure(problem)
    else if (workspaceDialogStore.getState().dialog === before) close()
  }
  return (
    <Dialog
      role="alertdialog"
      title={title}
      label={title}
      width={480}
      onClose={close}
      footer={
        <>
          <span className="grow" />
          <Button autoFocus onPress={close}>
            Cancel
          </Button>
          <Button variant="danger" onPress={() => void act()}>
            {deed}
          </Button>
        </>
      }
    >
      <div className="dialog-text">{children}</div>
      {failure === null ? null : <FailureView failure={failure} className="in-dialog" />}
    </Dialog>
  )
}

function RenameDialog({ name }: { readonly name: string }): ReactNode {
  const [to, setTo] = useState(name)
  const [failure, setFailure] = useState<Failure | null>(null)
  const problem = savedQueryNameProblem(to.trim())
  const rename = async () => {
    const answer = await renameSavedQuery(name, to.trim())
    if (answer === null) close()
    else setFailure(answer)
  }
  return (
    <FormDialog
      title="Rename query"
      deed="Rename"
      isReady={problem === null}
      onSubmit={() => void rename()}
      onClose={close}
      width={460}
      className="save-query"
      below={failure === null ? null : <FailureView failure={failure} className="in-dialog" />}
    >
      <div className="form-line">
        <TextField label="Name" value={to} onChange={setTo} autoFocus isInvalid={problem !== null} />
      </div>
      <p className="small problem">{problem}</p>
    </FormDialog>
  )
}
