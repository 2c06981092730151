import { isLocalHost } from '../../../contract/local-host'
import type { Target } from '../../../contract/profile'

type Leading = Pick<Target, 'host' | 'tlsMode'>

/** True where a login can go over a network unencrypted without an error: the person is to accept that before a password is taken. */
export function mayGoUnencrypted({ host, tlsMode }: Leading): boolean {
  return (tlsMode === 'disable' || tlsMode === 'allow' || tlsMode === 'prefer') && !isLocalHost(host)
}

/** What the person accepts, beside its check box. */
export function acceptanceOf({ tlsMode }: Leading): string {
  return `Use the password where the way ${tlsMode === 'disable' ? 'is' : 'may be'} unencrypted`
}
