import { type ReactNode, useId } from 'react'
import { Button } from './button'
import { Dialog } from './dialog'

/** A dialog with a form: Enter in a field and its primary button do the same, Cancel and Escape do nothing. */
export function FormDialog(props: {
  /** Shown in the head; also the dialog's accessible name. */
  readonly title: string
  /** What the primary button says. */
  readonly deed: ReactNode
  readonly isReady: boolean
  readonly onSubmit: () => void
  readonly onClose: () => void
  /** In CSS pixels. */
  readonly width: number
  readonly className: string
  /** True for a form that asks before something is done to the open connection. */
  readonly namesPlace?: boolean
  /** Stands at the left of the buttons. */
  readonly note?: string
  /** Stands below the form, e.g. why it could not be done. */
  readonly below?: ReactNode
  readonly children: ReactNode
}): ReactNode {
  const { title, deed, isReady, onSubmit, onClose, width, className, note, below, children } = props
  const form = useId()
  return (
    <Dialog
      title={title}
      label={title}
      width={width}
      namesPlace={props.namesPlace ?? false}
      onClose={onClose}
      footer={
        <>
          {note === undefined ? null : <span className="dim small">{note}</span>}
          <span className="grow" />
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} isDisabled={!isReady}>
            {deed}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={className}
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) onSubmit()
        }}
      >
        {children}
      </form>
      {below}
    </Dialog>
  )
}
