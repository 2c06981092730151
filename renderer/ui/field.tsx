import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import {
  Button as AriaButton,
  Select as AriaSelect,
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
} from 'react-aria-components'

/** Props of `TextField`. */
export interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly type?: 'text' | 'password'
  readonly placeholder?: string
  readonly isMono?: boolean
  readonly isInvalid?: boolean
  readonly isDisabled?: boolean
  readonly autoFocus?: boolean
  /** Shown inside the field behind the text. */
  readonly after?: ReactNode
  readonly before?: ReactNode
  readonly className?: string
  readonly labelClassName?: string
  readonly onPaste?: (text: string) => void
}

/** A labelled text field: label and field are two grid cells of a `.form`. */
export function TextField(props: TextFieldProps): ReactNode {
  const { label, value, onChange, type = 'text', placeholder, isMono = false, isInvalid = false } = props
  return (
    <AriaTextField
      className="field-pair"
      value={value}
      onChange={onChange}
      type={type}
      isInvalid={isInvalid}
      isDisabled={props.isDisabled ?? false}
      autoFocus={props.autoFocus ?? false}
    >
      <Label className={props.labelClassName ?? ''}>{label}</Label>
      <div className={`field ${props.className ?? ''} ${isInvalid ? 'invalid' : ''}`}>
        {props.before}
        <Input
          className={`input ${isMono ? 'mono' : ''}`}
          spellCheck="false"
          autoComplete="off"
          {...(placeholder === undefined ? {} : { placeholder })}
          onPaste={(event) => props.onPaste?.(event.clipboardData.getData('text'))}
        />
        {props.after}
      </div>
    </AriaTextField>
  )
}

/** A labelled field of several lines: label and field are two grid cells of a `.form`. */
export function TextArea(props: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly rows: number
  readonly placeholder: string
  readonly isInvalid: boolean
  readonly after: ReactNode
}): ReactNode {
  const { label, value, onChange, rows, placeholder, isInvalid, after } = props
  return (
    <AriaTextField className="field-pair" value={value} onChange={onChange} isInvalid={isInvalid}>
      <Label className="top">{label}</Label>
      <div className={`field area w ${isInvalid ? 'invalid' : ''}`}>
        <AriaTextArea className="input mono" rows={rows} spellCheck="false" placeholder={placeholder} />
        {after}
      </div>
    </AriaTextField>
  )
}

/** One choice of a `Select`. */
export interface Choice<T extends string> {
  readonly value: T
  readonly label: string
  /** What it means, dim behind the label. */
  readonly remark?: string
}

/** A labelled list of choices: label and field are two grid cells of a `.form`. */
export function Select<T extends string>(props: {
  readonly label: string
  readonly value: T
  readonly choices: readonly Choice<T>[]
  readonly onChange: (value: T) => void
  readonly className?: string
}): ReactNode {
  const { label, value, choices, onChange } = props
  return (
    <AriaSelect
      className="field-pair"
      value={value}
      onChange={(key) => {
        const chosen = choices.find((choice) => choice.value === key)
        if (chosen !== undefined) onChange(chosen.value)
      }}
    >
      <Label>{label}</Label>
      <AriaButton className={`field ${props.className ?? ''}`}>
        <SelectValue className="input select-value" />
        <ChevronDown className="i i12" aria-hidden />
      </AriaButton>
      <Popover className="menu choices" offset={4}>
        <ListBox>
          {choices.map((choice) => (
            <ListBoxItem key={choice.value} id={choice.value} textValue={choice.label} className="menu-item">
              <span className="mono">{choice.label}</span>
              {choice.remark === undefined ? null : <span className="dim small">{choice.remark}</span>}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}
