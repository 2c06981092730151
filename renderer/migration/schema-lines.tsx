import type { ReactNode } from 'react'
import type { SchemaLine } from '../../contract/rehearsal'

const SIGN: Readonly<Record<SchemaLine['sign'], string>> = { '+': 'added', '-': 'removed', '~': 'changed' }

/** Lines of a schema difference, their signs told apart by colour and by a word for who hovers. */
export function SchemaLines({ lines }: { readonly lines: readonly SchemaLine[] }): ReactNode {
  return (
    <ul className="schema-lines mono selectable">
      {lines.map(({ sign, text }, index) => (
        <li key={index} data-sign={sign}>
          <b title={SIGN[sign]}>{sign === '-' ? '−' : sign}</b>
          <span>{text}</span>
        </li>
      ))}
    </ul>
  )
}
