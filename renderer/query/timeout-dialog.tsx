import { type ReactNode, useState } from 'react'
import { MAX_TIMEOUT_MS } from '../../contract/run-options'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
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
  const choose = () => {
    if (isGood) onChoose(timeoutMs)
  }
  return (
    <Dialog
      title="Statement timeout"
      label="Statement timeout"
      width={420}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={!isGood} onPress={choose}>
            Set timeout
          </Button>
        </>
      }
    >
      <form
        className="form plain"
        onSubmit={(event) => {
          event.preventDefault()
          choose()
        }}
      >
        <TextField label="Seconds" value={text} onChange={setText} autoFocus className="w" isInvalid={isBad} />
        <p className={isBad ? 'note problem' : 'note'} aria-live="polite">
          {isBad
            ? `Seconds from 0.001 to ${formatCount(Math.floor(MAX_TIMEOUT_MS / 1000))}, such as 2.5.`
            : 'The server cancels a statement of this tab that takes longer.'}
        </p>
      </form>
    </Dialog>
  )
}
