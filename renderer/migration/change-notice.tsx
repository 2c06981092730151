import { type ReactNode, useState } from 'react'
import type { Migration } from '../../contract/migration'
import type { FileChange, MigrationChange } from '../../contract/migration-change'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { countOf } from '../ui/format'

/** What can be done about a migration whose files are not those that it was applied with. */
export interface ChangeDeeds {
  /** The history takes the new text. */
  readonly onAccept: (checksum: string) => void
  /** The file gets the text of the history; `checksum` is that of the file now, null when it is gone. */
  readonly onRestore: (file: 'up' | 'down', checksum: string | null) => void
}

/** Says that the files of an applied migration were edited or are gone, and offers to accept or to restore them; nothing else. */
export function ChangeNotice(props: {
  readonly migration: Migration
  readonly change: MigrationChange | null
  readonly deeds: ChangeDeeds
}): ReactNode {
  const { migration, change, deeds } = props
  const [asked, setAsked] = useState<'up' | 'down' | null>(null)
  const { up = null, down = null } = change ?? {}
  const restored = asked === null ? null : asked === 'up' ? up : down
  if (up === null && (down === null || !down.isKept)) return null
  return (
    <div className={`change-notice is-${migration.state === 'missing' ? 'missing' : 'changed'}`}>
      <p className="small">{noticeOf(migration, up, down)}</p>
      <div className="deeds">
        {migration.state === 'changed' && up?.checksum != null ? (
          <Button
            size="small"
            tip="The history takes the text of the file. Nothing is run"
            onPress={() => deeds.onAccept(up.checksum ?? '')}
          >
            Accept the new text
          </Button>
        ) : null}
        {up?.isKept ? (
          <Button size="small" onPress={() => (up.checksum === null ? writeAgain(up, down, deeds) : setAsked('up'))}>
            {up.checksum === null ? 'Write the files again' : 'Restore the file…'}
          </Button>
        ) : null}
        {up?.checksum !== null && down?.isKept ? (
          <Button
            size="small"
            onPress={() => (down.checksum === null ? deeds.onRestore('down', null) : setAsked('down'))}
          >
            {down.checksum === null ? 'Write the down file again' : 'Restore the down file…'}
          </Button>
        ) : null}
      </div>
      {asked === null || restored === null ? null : (
        <ConfirmRestore
          change={restored}
          onConfirm={() => {
            setAsked(null)
            deeds.onRestore(asked, restored.checksum)
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  )
}

/** A file that is gone has no edit to lose: nobody is asked. */
function writeAgain(up: FileChange, down: FileChange | null, deeds: ChangeDeeds): void {
  deeds.onRestore('up', up.checksum)
  if (down?.isKept && down.checksum === null) deeds.onRestore('down', null)
}

function noticeOf({ state }: Migration, up: FileChange | null, down: FileChange | null): string {
  if (state === 'missing') {
    return up?.isKept
      ? 'The file is gone. The history keeps the text with which it was applied.'
      : 'The file is gone, and the history keeps no text of it.'
  }
  if (up !== null) {
    return up.isKept
      ? `The file was edited after it was applied: ${linesOf(up)}.`
      : 'The file was edited after it was applied. The history keeps no text of it to compare with: it is over 1 MB.'
  }
  if (down?.checksum === null) return 'The down file is gone. The history keeps the text it had.'
  return down === null
    ? ''
    : `The down file was edited after it was applied: ${linesOf(down)}. Rolling back runs the file.`
}

function linesOf({ added, removed }: FileChange): string {
  if (added === 0) return `${countOf(removed, 'line')} removed`
  if (removed === 0) return `${countOf(added, 'line')} added`
  return `${countOf(added, 'line')} added, ${removed} removed`
}

function ConfirmRestore(props: {
  readonly change: FileChange
  readonly onConfirm: () => void
  readonly onClose: () => void
}): ReactNode {
  const { change, onConfirm, onClose } = props
  return (
    <Dialog
      title="Restore the file"
      label="Restore the file"
      role="alertdialog"
      width={480}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button autoFocus onPress={onClose}>
            Cancel
          </Button>
          <Button variant="danger" onPress={onConfirm}>
            Restore the file
          </Button>
        </>
      }
    >
      <div className="prompt-form">
        <p className="mono cut" title={change.file}>
          {change.file}
        </p>
        <p>The file gets the text back with which it was applied. What was edited since is lost: {linesOf(change)}.</p>
        <p className="t2">Nothing is changed in the database.</p>
      </div>
    </Dialog>
  )
}
