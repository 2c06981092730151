import { type ReactNode, useState } from 'react'
import type { Failure } from '../../contract/failure'
import type { MigrationTexts } from '../../contract/migration'
import { FailureView } from '../ui/failure-view'
import { TextField } from '../ui/field'
import { FormDialog } from '../ui/form-dialog'

/** Asks for the title of a new migration and has its pair of files written. */
export function NewMigrationDialog(props: {
  readonly folder: string
  /** What is written, in words. */
  readonly files: string
  readonly onCreate: (title: string) => Promise<MigrationTexts | Failure>
  readonly onCreated: (texts: MigrationTexts) => void
  readonly onClose: () => void
}): ReactNode {
  const { folder, files, onCreate, onCreated, onClose } = props
  const [title, setTitle] = useState('')
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isWriting, setIsWriting] = useState(false)

  async function create(): Promise<void> {
    setIsWriting(true)
    const answer = await onCreate(title.trim())
    setIsWriting(false)
    if ('kind' in answer) setFailure(answer)
    else onCreated(answer)
  }

  return (
    <FormDialog
      title="New migration"
      deed="Create"
      isReady={title.trim() !== '' && !isWriting}
      onSubmit={() => void create()}
      onClose={onClose}
      width={460}
      className="new-migration"
      below={failure === null ? null : <FailureView failure={failure} className="in-panel" />}
    >
      <TextField label="Title" value={title} onChange={setTitle} autoFocus placeholder="add order notes" />
      <p className="note small dim cut" title={folder}>
        Writes {files}, into {folder}
      </p>
    </FormDialog>
  )
}
