import type { ReactNode } from 'react'
import { TextField } from '../ui/field'

/** Asks for the name of the database that is about to be changed: nobody changes another one than they think. */
export function TypedName(props: {
  readonly database: string
  readonly value: string
  readonly onChange: (value: string) => void
}): ReactNode {
  const { database, value, onChange } = props
  return (
    <div className="typed-name">
      <TextField label={`Type ${database} to confirm`} value={value} onChange={onChange} isMono />
    </div>
  )
}
