import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { Dialog as AriaDialog, Popover } from 'react-aria-components'
import { MAX_NEEDLE_UNITS, type TextTest } from '../../../contract/arrangement'
import type { ResultColumn } from '../../../contract/query'
import { Button } from '../../ui/button'
import { type ShownFilter, wordsOfTest } from './arrangement'

type Choice = TextTest | 'is NULL' | 'is not NULL'

const CHOICES: readonly { readonly value: Choice; readonly label: string }[] = [
  { value: 'contains', label: 'contains' },
  { value: 'does not contain', label: 'does not contain' },
  { value: 'equals', label: 'equals' },
  { value: 'differs from', label: 'differs from' },
  { value: '<', label: 'is less than' },
  { value: '<=', label: 'is at most' },
  { value: '>', label: 'is greater than' },
  { value: '>=', label: 'is at least' },
  { value: 'is NULL', label: 'is NULL' },
  { value: 'is not NULL', label: 'is not NULL' },
]

/** A small form at a column's header that filters the loaded rows by it; `at` is a point of the window. */
export function FilterForm(props: {
  readonly at: { readonly x: number; readonly y: number }
  readonly column: ResultColumn
  readonly columnNumber: number
  /** The filter that the column has, which the form changes. */
  readonly present: ShownFilter | null
  readonly onApply: (filter: ShownFilter | null) => void
  readonly onClose: () => void
}): ReactNode {
  const { at, column, columnNumber, present, onApply, onClose } = props
  const anchor = useRef<HTMLSpanElement>(null)
  const [choice, setChoice] = useState<Choice>(() => choiceOf(present, column.isNumeric))
  const [text, setText] = useState(present?.filter.kind === 'text' ? present.filter.text : '')
  const hasText = choice !== 'is NULL' && choice !== 'is not NULL'
  const apply = (event: FormEvent) => {
    event.preventDefault()
    onApply(
      hasText
        ? {
            filter: { kind: 'text', column: columnNumber, test: choice, text },
            words: wordsOfTest(choice, text),
          }
        : { filter: { kind: 'null', column: columnNumber, isNull: choice === 'is NULL' }, words: choice },
    )
    onClose()
  }
  return (
    <>
      <span ref={anchor} className="anchor" style={{ left: at.x, top: at.y }} />
      <Popover
        className="menu gfilter"
        triggerRef={anchor}
        placement="bottom start"
        offset={0}
        isOpen
        onOpenChange={(isOpen) => {
          if (!isOpen) onClose()
        }}
      >
        <AriaDialog aria-label={`Filter ${column.name}`}>
          <form onSubmit={apply}>
            <p className="small t2">
              Filter loaded rows by <span className="mono">{column.name}</span>
            </p>
            <select
              className="field"
              aria-label="Condition"
              value={choice}
              onChange={(event) => {
                const chosen = CHOICES.find(({ value }) => value === event.target.value)
                if (chosen !== undefined) setChoice(chosen.value)
              }}
            >
              {CHOICES.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
            <input
              className="field mono"
              aria-label="Value"
              // biome-ignore lint/a11y/noAutofocus: the form was opened to write here
              autoFocus
              spellCheck="false"
              autoComplete="off"
              maxLength={MAX_NEEDLE_UNITS}
              disabled={!hasText}
              value={hasText ? text : ''}
              placeholder={hasText ? 'Value' : 'No value needed'}
              onChange={(event) => setText(event.target.value)}
            />
            <div className="gfilter-foot">
              <Button
                isDisabled={present === null}
                onPress={() => {
                  onApply(null)
                  onClose()
                }}
              >
                Remove filter
              </Button>
              <span className="grow" />
              <Button variant="primary" type="submit">
                Apply
              </Button>
            </div>
          </form>
        </AriaDialog>
      </Popover>
    </>
  )
}

function choiceOf(present: ShownFilter | null, isNumeric: boolean): Choice {
  if (present === null || present.filter.kind === 'cell') return isNumeric ? 'equals' : 'contains'
  if (present.filter.kind === 'null') return present.filter.isNull ? 'is NULL' : 'is not NULL'
  return present.filter.test
}
