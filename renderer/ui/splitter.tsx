import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react'

/** Props of `Splitter`. */
export interface SplitterProps {
  readonly label: string
  /** Which way the bar can be moved. */
  readonly axis: 'x' | 'y'
  /** The size it governs, in CSS pixels. */
  readonly value: number
  readonly min: number
  readonly max: number
  /** True when the governed panel lies behind the bar, so that moving forward makes it smaller. */
  readonly isReversed?: boolean
  readonly onChange: (value: number) => void
  /** A double click, or Enter: back to the usual size. */
  readonly onReset?: () => void
}

const STEP = 16

/** The line between two panels, moved by pointer or arrow keys. */
export function Splitter(props: SplitterProps): ReactNode {
  const { label, axis, value, min, max, isReversed = false, onChange, onReset } = props
  const drag = useRef<{ readonly from: number; readonly size: number } | null>(null)
  const clamp = (size: number) => Math.round(Math.max(min, Math.min(max, size)))
  const along = (event: PointerEvent) => (axis === 'x' ? event.clientX : event.clientY)
  const move = (event: PointerEvent) => {
    if (drag.current === null) return
    const distance = along(event) - drag.current.from
    onChange(clamp(drag.current.size + (isReversed ? -distance : distance)))
  }
  const press = (event: KeyboardEvent) => {
    const direction = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key]
    if (event.key === 'Enter') onReset?.()
    else if (direction !== undefined) onChange(clamp(value + direction * STEP * (isReversed ? -1 : 1)))
    else return
    event.preventDefault()
  }
  return (
    <div
      className={`splitter ${axis}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={axis === 'x' ? 'vertical' : 'horizontal'}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={Math.round(max)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        drag.current = { from: along(event), size: value }
      }}
      onPointerMove={move}
      onPointerUp={() => {
        drag.current = null
      }}
      onKeyDown={press}
      onDoubleClick={onReset}
    />
  )
}
