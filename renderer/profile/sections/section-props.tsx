import type { ReactNode } from 'react'
import { FieldError } from 'react-aria-components'
import type { ConnectionDraft, ConnectionFields } from '../connection-form'
import type { Problems } from '../connection-problems'
import { type FieldEdit, tellProfiles } from '../profile-store'

/** What each section of the connection dialog is given. */
export interface SectionProps {
  readonly draft: ConnectionDraft
  /** Empty until Test, Save or Connect was pressed. */
  readonly problems: Problems
  /** True when the section's first field is to take the focus. */
  readonly isFocused: boolean
}

/** Notes an edit by hand. */
export function editField(edit: FieldEdit): void {
  tellProfiles({ type: 'fieldEdited', edit })
}

/** Props of a text field of the form: its value, its edits, and its problem in the field behind `after`. */
export function textProps<F extends TextField>(
  { draft, problems }: SectionProps,
  field: F,
  after: ReactNode = null,
): {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly isInvalid: boolean
  readonly after: ReactNode
} {
  const problem = problems[field]
  return {
    value: draft.fields[field],
    onChange: (value) => editField({ field, value } as FieldEdit), // the field is one of the texts
    isInvalid: problem !== undefined,
    after: (
      <>
        {problem === undefined ? null : <FieldError className="problem">{problem}</FieldError>}
        {after}
      </>
    ),
  }
}

type TextField = {
  readonly [F in keyof ConnectionFields]: ConnectionFields[F] extends string
    ? string extends ConnectionFields[F]
      ? F
      : never
    : never
}[keyof ConnectionFields]
