import { CaseSensitive, ChevronDown, ChevronUp, X } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { ToggleButton } from 'react-aria-components'
import { MAX_NEEDLE_UNITS } from '../../../contract/arrangement'
import type { ResultColumn } from '../../../contract/query'
import { Button } from '../../ui/button'
import type { GridFind } from './use-grid-find'
import { readableCount } from './visible-text'

/** The line that searches the loaded rows: what for, where, how many, and which one is shown. */
export function FindBar(props: {
  readonly find: GridFind
  readonly columns: readonly ResultColumn[]
  /** Numbers of the shown columns in their order. */
  readonly shown: readonly number[]
  /** Changes when the key was pressed again: the field takes the focus. */
  readonly asked: number
  readonly onClose: () => void
}): ReactNode {
  const { find, columns, shown, asked, onClose } = props
  const field = useRef<HTMLInputElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: pressing the key again asks for the focus again
  useEffect(() => field.current?.select(), [asked])
  const onKeyDown = (event: KeyboardEvent) => {
    const isNext = event.key === 'F3' || (event.key === 'Enter' && event.target === field.current)
    if (isNext) find.go(event.shiftKey ? -1 : 1)
    else if (event.key === 'Escape') onClose()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <search className="gbar gfind keeps-escape" aria-label="Find in loaded rows" onKeyDown={onKeyDown}>
      <input
        ref={field}
        className="field mono"
        aria-label="Find"
        placeholder="Find in loaded rows"
        spellCheck="false"
        autoComplete="off"
        // biome-ignore lint/a11y/noAutofocus: the field appears because its key was pressed
        autoFocus
        maxLength={MAX_NEEDLE_UNITS}
        value={find.wanted.text}
        onChange={(event) => find.want({ text: event.target.value })}
      />
      <ToggleButton
        className="btn bare s icon vtoggle"
        aria-label="Match case"
        isSelected={find.wanted.isCaseSensitive}
        onChange={(isCaseSensitive) => find.want({ isCaseSensitive })}
      >
        <CaseSensitive className="i" size={16} aria-hidden />
      </ToggleButton>
      <select
        className="field"
        aria-label="Column"
        value={find.wanted.column ?? ''}
        onChange={(event) => find.want({ column: event.target.value === '' ? null : Number(event.target.value) })}
      >
        <option value="">All columns</option>
        {shown.map((number) => (
          <option key={number} value={number}>
            {columns[number]?.name}
          </option>
        ))}
      </select>
      <Button
        variant="bare"
        size="small"
        isIcon
        aria-label="Previous match"
        tip="Previous match"
        keys="Shift+F3"
        onPress={() => find.go(-1)}
      >
        <ChevronUp className="i" size={16} aria-hidden />
      </Button>
      <Button
        variant="bare"
        size="small"
        isIcon
        aria-label="Next match"
        tip="Next match"
        keys="F3"
        onPress={() => find.go(1)}
      >
        <ChevronDown className="i" size={16} aria-hidden />
      </Button>
      <span className="t2 num" role="status" aria-label="Matches">
        {wordsOf(find)}
      </span>
      <span className="grow" />
      <Button variant="bare" size="small" isIcon aria-label="Close find" tip="Close" keys="Esc" onPress={onClose}>
        <X className="i" size={14} aria-hidden />
      </Button>
    </search>
  )
}

function wordsOf({ wanted, matches, current, progress, isCapped }: GridFind): string {
  if (wanted.text === '') return ''
  const count = `${readableCount(matches.count)}${isCapped ? ' or more' : ''}`
  const share =
    progress === null || progress.total === 0
      ? ''
      : `, searching ${Math.floor((100 * progress.done) / progress.total)} %`
  if (matches.count === 0) return progress === null ? 'No matches' : `Searching${share.replace(', searching', '')}`
  return `${current < 0 ? '' : `${readableCount(current + 1)} of `}${count}${current < 0 ? ' matches' : ''}${share}`
}
