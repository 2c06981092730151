import { type RefObject, useEffect } from 'react'

/** Gives an element the focus when it appears in a dialog of which nothing has it yet, so that keys scroll it at once. */
export function useFirstFocus(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const dialog = element.current?.closest('[role="dialog"]')
    const { activeElement } = document
    const isTaken = activeElement !== dialog && dialog?.contains(activeElement) === true
    if (!isTaken) element.current?.focus({ preventScroll: true })
  }, [element])
}
