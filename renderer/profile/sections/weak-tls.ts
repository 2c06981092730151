import type { Target } from '../../../contract/profile'

/** What the person accepts, beside its check box, where the login may go over a network unencrypted. */
export function acceptanceOf({ tlsMode }: Pick<Target, 'tlsMode'>): string {
  return `Use the password where the way ${tlsMode === 'disable' ? 'is' : 'may be'} unencrypted`
}
