import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { LintFinding } from '../../contract/lint'

const LOOKS = {
  error: { Icon: CircleAlert, state: 'is-failed', word: 'Error' },
  warning: { Icon: TriangleAlert, state: 'is-changed', word: 'Warning' },
  note: { Icon: Info, state: 'is-pending', word: 'Note' },
} as const

/** The icon of a finding, in the colour of its weight. */
export function LintIcon({ severity }: { readonly severity: LintFinding['severity'] }): ReactNode {
  const { Icon, state, word } = LOOKS[severity]
  return <Icon className={`i st ${state}`} size={14} strokeWidth={1.75} role="img" aria-label={word} />
}
