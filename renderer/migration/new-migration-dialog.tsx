import { type ReactNode, useId, useState } from 'react'
import type { Failure } from '../../contract/failure'
import type { MigrationTexts } from '../../contract/migration'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { FailureView } from '../ui/failure-view'
import { TextField } from '../ui/field'

/** Asks for the title of a new migration and has its pair of files written. */
export function NewMigrationDialog(props: {
  readonly folder: string
  readonly onCreate: (title: string) => Promise<MigrationTexts | Failure>
  readonly onCreated: (texts: MigrationTexts) => void
  readonly onClose: () => void
}): ReactNode {
  const { folder, onCreate, onCreated, onClose } = props
  const form = useId()
  const [title, setTitle] = useState('')
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isWriting, setIsWriting] = useState(false)

  async function create(): Promise<void> {
    if (title.trim() === '' || isWriting) return
    setIsWriting(true)
    const answer = await onCreate(title.trim())
    setIsWriting(false)
    if ('kind' in answer) setFailure(answer)
    else onCreated(answer)
  }

  return (
    <Dialog
      label="New migration"
      title="New migration"
      width={460}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} isDisabled={title.trim() === '' || isWriting}>
            Create
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="new-migration"
        onSubmit={(event) => {
          event.preventDefault()
          void create()
        }}
      >
        <TextField label="Title" value={title} onChange={setTitle} autoFocus placeholder="add order notes" />
        <p className="note small dim cut" title={folder}>
          Writes a pair of files, up and down, into {folder}
        </p>
      </form>
      {failure === null ? null : <FailureView failure={failure} className="in-panel" />}
    </Dialog>
  )
}
