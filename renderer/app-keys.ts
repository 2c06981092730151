import { queryControls } from './app-actions'
import { appCommands, goToTab } from './app-commands'
import { appStore } from './app-store'
import { isStroke } from './command'

/**
 * Gives every key of the window to its command, before the element with the focus sees it. While a dialog or menu is open the keys are
 * its own. Escape cancels only what runs; otherwise it belongs to the focus.
 */
export function listenToKeys(isMac: boolean): () => void {
  const press = (event: KeyboardEvent) => {
    if (event.isComposing || isSomethingOver()) return
    if (act(event, isMac)) {
      event.preventDefault()
      event.stopPropagation()
    }
  }
  window.addEventListener('keydown', press, { capture: true })
  return () => window.removeEventListener('keydown', press, { capture: true })
}

function act(event: KeyboardEvent, isMac: boolean): boolean {
  if (event.key === 'Escape') {
    // There it closes what it stands in, and stops only that.
    if (event.target instanceof Element && event.target.closest('.keeps-escape, .find-widget') !== null) return false
    if (document.querySelector('.suggest-widget.visible, .parameter-hints-widget.visible') !== null) return false
    return queryControls()?.cancel() ?? false
  }
  if (event.key === 'F6') return moveFocus(event.shiftKey ? -1 : 1)
  const control = isMac ? event.metaKey : event.ctrlKey
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1]
  if (control && !event.shiftKey && !event.altKey && digit !== undefined) {
    goToTab(Number(digit))
    return true
  }
  if (isStroke('Ctrl+F', event, isMac)) return findInPane(event)
  const command = appCommands().find((one) => one.keys !== undefined && isStroke(one.keys, event, isMac))
  if (command === undefined) return false
  // Where nothing runs, these keys open the editor's quick fixes.
  if (command.id === 'cancel' && !command.isEnabled) return false
  if (command.isEnabled) command.run()
  return true
}

function isSomethingOver(): boolean {
  return (
    appStore.getState().overlay.kind !== 'none' ||
    // The editor's own search calls itself a dialog, and stays in the page when it is closed: it is over nothing.
    document.querySelector(':is([role="dialog"], [role="alertdialog"], [role="menu"]):not(.query-editor *)') !== null
  )
}

/** Ctrl+F searches where the focus is: the editor's own search, the explorer's filter; other panes keep the key. */
function findInPane(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null
  if (target?.closest('.side.left') !== null && target !== null) {
    const field = document.querySelector<HTMLInputElement>('.side.left input')
    field?.focus()
    field?.select()
    return field !== null
  }
  if (target?.closest('.query-results, .side.right') !== null && target !== null) return false
  queryControls()?.editor?.find()
  return true
}

/** The panes in the order in which F6 visits them: where each is, and what takes the focus in it, the best first. */
const PANES: readonly { readonly holder: string; readonly targets: readonly string[] }[] = [
  { holder: '.side.left', targets: ['[role="tree"] [tabindex="0"]', '[role="tree"][tabindex="0"]', 'input'] },
  { holder: '.query-editor', targets: ['.native-edit-context', 'textarea'] },
  {
    holder: '.query-results',
    targets: ['[role="grid"][tabindex="0"]', '[role="grid"] [tabindex="0"]', '[role="tab"][tabindex="0"]'],
  },
  { holder: '.side.right', targets: ['[role="list"] [tabindex="0"]', '[role="list"][tabindex="0"]', 'button'] },
]

function moveFocus(step: 1 | -1): boolean {
  const panes = PANES.flatMap(({ holder, targets }) => {
    const element = document.querySelector(holder)
    const target = targets.map((one) => element?.querySelector<HTMLElement>(one)).find((one) => one != null)
    return element === null || target === undefined || target === null ? [] : [{ element, target }]
  })
  if (panes.length === 0) return false
  const at = panes.findIndex(({ element }) => element.contains(document.activeElement))
  panes[(at + step + panes.length) % panes.length]?.target.focus()
  return true
}
