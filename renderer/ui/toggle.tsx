import type { ReactNode } from 'react'
import { Checkbox } from 'react-aria-components'

/** A labelled check box: label and box are two grid cells of a `.form`; what it means stands beside the box. */
export function Toggle(props: {
  readonly label: string
  readonly text: string
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly autoFocus?: boolean
  readonly isInvalid?: boolean
}): ReactNode {
  return (
    <div className="field-pair">
      <span aria-hidden className="label">
        {props.label}
      </span>
      <Checkbox
        className="check w"
        aria-label={props.label}
        autoFocus={props.autoFocus ?? false}
        isInvalid={props.isInvalid ?? false}
        isSelected={props.isOn}
        onChange={props.onChange}
      >
        <span className="check-box" aria-hidden />
        {props.text}
      </Checkbox>
    </div>
  )
}
