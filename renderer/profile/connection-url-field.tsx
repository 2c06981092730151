import { ClipboardPaste } from 'lucide-react'
import type { KeyboardEvent, ReactNode } from 'react'
import { TextField } from '../ui/field'
import type { ConnectionDraft } from './connection-form'

/** The text box "Connection URL" with what was understood of its text below it. */
export function ConnectionUrlField(props: {
  readonly draft: ConnectionDraft
  readonly onEdit: (text: string) => void
  readonly onLeave: () => void
}): ReactNode {
  const { draft, onEdit, onLeave } = props
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return
    // Enter reads the text; to connect on it would be to connect to something not looked at.
    event.preventDefault()
    event.stopPropagation()
    onLeave()
  }
  return (
    <>
      <div role="none" className="field-pair" onBlur={onLeave} onKeyDown={onKeyDown}>
        <TextField
          label="Connection URL"
          isMono
          className="w"
          value={draft.url}
          placeholder="postgres://role@host:5432/database"
          onChange={onEdit}
          before={<ClipboardPaste className="i" aria-hidden />}
          isInvalid={draft.reading.type === 'unreadable'}
        />
      </div>
      <Reading draft={draft} />
    </>
  )
}

function Reading({ draft: { reading } }: { readonly draft: ConnectionDraft }): ReactNode {
  switch (reading.type) {
    case 'none':
      return (
        <p className="note">Paste a URL, key=value pairs or a psql command line. It fills the fields, nothing more.</p>
      )
    case 'unreadable':
      return (
        <p className="note bad" role="alert">
          {reading.message}
        </p>
      )
    case 'read':
      if (reading.ignored.length === 0)
        return <p className="note">Filled into the fields below. Nothing connects by itself.</p>
      return (
        <p className="note warn" role="status">
          Filled into the fields below. Not used from it: <bdi className="mono">{reading.ignored.join(', ')}</bdi>.
        </p>
      )
  }
}
