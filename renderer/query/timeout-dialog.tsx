import { type ReactNode, useState } from 'react'
import { MAX_TIMEOUT_MS } from '../../contract/run-options'
import { TextField } from '../ui/field'
import { FormDialog } from '../ui/form-dialog'
import { formatCount } from '../ui/format'

/** Asks after how many seconds the server stops a statement of the tab. */
export function TimeoutDialog(props: {
  readonly timeoutMs: number | null
  readonly onChoose: (timeoutMs: number) => void
  readonly onClose: () => void
}): ReactNode {
  const { onChoose, onClose } = props
  const [text, setText] = useState(props.timeoutMs === null ? '' : String(props.timeoutMs / 1000))
  const timeoutMs = Math.round(Number(text.replace(',', '.')) * 1000)
  const isGood = text.trim() !== '' && timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS
  const isBad = text.trim() !== '' && !isGood
  return (
    <FormDialog
      title="Statement timeout"
      deed="Set timeout"
      isReady={isGood}
      onSubmit={() => onChoose(timeoutMs)}
      onClose={onClose}
      width={420}
      className="form plain"
    >
      <TextField label="Seconds" value={text} onChange={setText} autoFocus className="w" isInvalid={isBad} />
      <p className={isBad ? 'note problem' : 'note'} aria-live="polite">
        {isBad
          ? `Seconds from 0.001 to ${formatCount(Math.floor(MAX_TIMEOUT_MS / 1000))}, such as 2.5.`
          : 'The server cancels a statement of this tab that takes longer.'}
      </p>
    </FormDialog>
  )
}
