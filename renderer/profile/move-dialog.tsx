import { type ReactNode, useState } from 'react'
import { useStore } from 'zustand'
import type { Failure } from '../../contract/failure'
import type { Profile } from '../../contract/profile'
import { FailureView } from '../ui/failure-view'
import { FormDialog } from '../ui/form-dialog'
import { moveProfiles } from './profile-actions'
import { profileStore } from './profile-store'
import { foldersOf } from './profile-words'
import { FolderField } from './sections/folder-field'

/** Asks for the folder that connections are to be listed in; an empty name takes them out of theirs. */
export function MoveDialog(props: {
  readonly title: string
  readonly profiles: readonly Profile[]
  readonly onClose: () => void
}): ReactNode {
  const { title, profiles, onClose } = props
  const list = useStore(profileStore, (state) => state.list)
  const [folder, setFolder] = useState(profiles[0]?.folder ?? '')
  const [failure, setFailure] = useState<Failure | null>(null)
  const move = async () => {
    const problem = await moveProfiles(profiles, folder.trim())
    if (problem === null) onClose()
    else setFailure(problem)
  }
  return (
    <FormDialog
      title={title}
      deed="Move"
      isReady
      onSubmit={() => void move()}
      onClose={onClose}
      width={420}
      className="form plain"
      below={failure === null ? null : <FailureView failure={failure} className="in-dialog" />}
    >
      <FolderField
        autoFocus
        className="w"
        folders={list.type === 'loaded' ? foldersOf(list.profiles) : []}
        value={folder}
        onChange={setFolder}
        isInvalid={false}
        after={null}
      />
    </FormDialog>
  )
}
