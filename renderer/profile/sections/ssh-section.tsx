import type { ReactNode } from 'react'
import type { SectionProps } from './section-props'
import { sshSummary } from './ssh-fields'

/** The SSH servers on the way to the database. */
export function SshSection({ draft }: SectionProps): ReactNode {
  return <p className="section-empty">SSH tunnel: {sshSummary(draft.fields)}</p>
}
