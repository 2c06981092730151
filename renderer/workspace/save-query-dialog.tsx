import { Folder } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { useStore } from 'zustand'
import type { Failure } from '../../contract/failure'
import { type SavedQueryExpected, type SavedQueryFile, savedQueryNameProblem } from '../../contract/saved-query'
import type { TabHead } from '../../contract/workspace'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { FailureView } from '../ui/failure-view'
import { TextField } from '../ui/field'
import { countOf } from '../ui/format'
import { draftText } from './drafts'
import { whenRan } from './history-words'
import { chooseProjectFolder, savedQueriesStore, saveQuery } from './saved-queries-actions'
import { workspaceStore } from './workspace-store'

/** Asks for the name of a query and saves it; a name that exists is replaced only after both were shown. */
export function SaveQueryDialog({ tab, onClose }: { readonly tab: TabHead; readonly onClose: () => void }): ReactNode {
  const form = useId()
  const { listing } = useStore(savedQueriesStore)
  const [name, setName] = useState(proposal(tab))
  const [there, setThere] = useState<{ readonly name: string; readonly file: SavedQueryFile } | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isWriting, setIsWriting] = useState(false)
  const wanted = name.trim().replace(/\.sql$/i, '')
  const problem = savedQueryNameProblem(wanted)
  const taken = there !== null && there.name === wanted ? there.file : null

  const write = async (expected: SavedQueryExpected) => {
    if (problem !== null || isWriting) return
    setIsWriting(true)
    const answer = await saveQuery(tab, wanted, expected)
    setIsWriting(false)
    if ('kind' in answer) setFailure(answer)
    else if (answer.outcome === 'written') onClose()
    else {
      setFailure(null)
      setThere(answer.there === null ? null : { name: wanted, file: answer.there })
    }
  }
  if (listing?.folder === null) return <NoFolder onClose={onClose} />
  return (
    <Dialog
      title="Save query"
      label="Save query"
      width={480}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button onPress={onClose}>Cancel</Button>
          {taken === null ? (
            <Button variant="primary" type="submit" form={form} isDisabled={problem !== null || isWriting}>
              Save
            </Button>
          ) : (
            <Button variant="danger" onPress={() => void write({ kind: 'file', file: taken })}>
              Replace
            </Button>
          )}
        </>
      }
    >
      <form
        id={form}
        className="save-query"
        onSubmit={(event) => {
          event.preventDefault()
          // Enter never replaces a file.
          if (taken === null) void write({ kind: 'nothing' })
        }}
      >
        <div className="form-line">
          <TextField label="Name" value={name} onChange={setName} autoFocus isInvalid={problem !== null} />
        </div>
        {problem === null ? (
          <p className="small dim">
            {listing?.isSample === true ? 'The sample project’s folder is not yours to write. Saved as ' : 'Saved as '}
            <span className="mono selectable">{`${listing?.folder ?? ''}/${wanted}.sql`}</span>
          </p>
        ) : (
          <p className="small problem">{problem}</p>
        )}
        {taken === null ? null : (
          <div role="alert">
            <p className="strong">{wanted}.sql exists already.</p>
            <TwoTexts there={taken} text={draftText(tab.tabId)} />
          </div>
        )}
      </form>
      {failure === null ? null : <FailureView failure={failure} className="in-dialog" />}
    </Dialog>
  )
}

/** What is on the disk beside what would take its place. */
export function TwoTexts({ there, text }: { readonly there: SavedQueryFile; readonly text: string }): ReactNode {
  const bytes = new TextEncoder().encode(text).length
  return (
    <dl className="facts">
      <dt>On the disk</dt>
      <dd className="num">
        {countOf(there.bytes, 'byte')}, changed {whenRan(there.modifiedAt, new Date())}
      </dd>
      <dt>In this tab</dt>
      <dd className="num">{countOf(bytes, 'byte')}</dd>
    </dl>
  )
}

function NoFolder({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { situation } = workspaceStore.getState()
  return (
    <Dialog
      title="Save query"
      label="Save query"
      width={480}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            autoFocus
            onPress={() => {
              if (situation.kind === 'open') void chooseProjectFolder(situation.profileId)
            }}
          >
            <Folder className="i" aria-hidden />
            Choose migration folder
          </Button>
        </>
      }
    >
      <p className="dialog-text">
        Queries are saved as .sql files into the folder “queries” beside the migrations of your project. This connection
        has no migration folder yet. Your text is safe in its tab meanwhile.
      </p>
    </Dialog>
  )
}

/** The tab's title, without what no file name may hold. */
function proposal(tab: TabHead): string {
  return tab.title
    .replace(/\.sql$/i, '')
    .replace(/[^\p{L}\p{M}\p{N} _.-]+/gu, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 100)
}
