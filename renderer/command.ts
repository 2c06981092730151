/** Something the user can do, from the palette and by key. */
export interface Command {
  readonly id: string
  readonly label: string
  /** What it concerns now, e.g. `3 pending`; or why it cannot be done. */
  readonly remark?: string
  /** Keys as they are shown, e.g. `Ctrl+Shift+P`; `Ctrl` means Cmd on macOS. */
  readonly keys?: string
  readonly isEnabled: boolean
  /** True when the key also works while a dialog or menu is open. */
  readonly run: () => void
}

/** Something the palette can go to. */
export interface Destination {
  readonly id: string
  readonly label: string
  readonly kind: 'table' | 'view' | 'sequence' | 'migration' | 'query' | 'tab' | 'connection'
  readonly remark: string
  readonly go: () => void
}

interface Stroke {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

/** Whether a key press is the shown keys of a command. */
export function isStroke(keys: string, stroke: Stroke, isMac: boolean): boolean {
  const parts = keys.split('+')
  const wanted = parts.at(-1) === '' ? '+' : (parts.at(-1) ?? '')
  const has = (name: string) => parts.includes(name)
  const control = isMac ? stroke.metaKey : stroke.ctrlKey
  if (control !== has('Ctrl') || stroke.shiftKey !== has('Shift') || stroke.altKey !== has('Alt')) return false
  if (isMac ? stroke.ctrlKey : stroke.metaKey) return false
  if (/^[A-Z]$/.test(wanted)) return stroke.code === `Key${wanted}`
  if (/^[0-9]$/.test(wanted)) return stroke.code === `Digit${wanted}`
  if (wanted === '.') return stroke.code === 'Period'
  return stroke.key === wanted || (wanted === 'Esc' && stroke.key === 'Escape')
}

/** The keys as this platform's people read them. */
export function shownKeys(keys: string, isMac: boolean): string {
  return isMac ? keys.replace('Ctrl', '⌘').replace('Shift', '⇧').replace('Alt', '⌥').replaceAll('+', '') : keys
}

/** A part of a label, and whether it was matched. */
export interface LabelPart {
  readonly text: string
  readonly isMatch: boolean
}

/** How a label matches what was typed: every word somewhere, earlier and at word starts better; null when it does not. */
export function matchLabel(
  label: string,
  typed: string,
): { readonly score: number; readonly parts: readonly LabelPart[] } | null {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const lower = label.toLowerCase()
  const marks = new Array<boolean>(label.length).fill(false)
  let score = 0
  for (const word of words) {
    const at = bestPlace(lower, word)
    if (at < 0) return null
    score += at + (at === 0 || !/[a-z0-9]/.test(lower.charAt(at - 1)) ? 0 : 100)
    marks.fill(true, at, at + word.length)
  }
  const parts: LabelPart[] = []
  for (let at = 0; at < label.length; ) {
    const isMatch = marks[at] === true
    let end = at
    while (end < label.length && (marks[end] === true) === isMatch) end += 1
    parts.push({ text: label.slice(at, end), isMatch })
    at = end
  }
  return { score: score + label.length / 1000, parts }
}

function bestPlace(label: string, word: string): number {
  const first = label.indexOf(word)
  for (let at = first; at >= 0; at = label.indexOf(word, at + 1)) {
    if (at === 0 || !/[a-z0-9]/.test(label.charAt(at - 1))) return at
  }
  return first
}
