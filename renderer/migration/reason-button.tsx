import type { ReactNode } from 'react'
import { Button, type ButtonProps } from '../ui/button'
import type { Reason } from './possible-actions'

/** A button that says in its tip why it does nothing now; it keeps its place in the tab order, so that the reason can be read. */
export function ReasonButton(
  props: Omit<ButtonProps, 'isDisabled' | 'onPress'> & {
    readonly reason: Reason
    readonly tip: string
    readonly onPress: () => void
  },
): ReactNode {
  const { reason, tip, onPress, ...button } = props
  return (
    <Button
      {...button}
      aria-disabled={reason !== null}
      tip={reason ?? tip}
      onPress={() => {
        if (reason === null) onPress()
      }}
    />
  )
}
