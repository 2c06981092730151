import type { Target } from '../../../../contract/profile'
import type { Encryption } from '../way'
import { TlsProblem } from './tls-problem'

/** How a target is to be tried, one after the other, each over a connection of its own. Source: libpq, fe-connect.c. */
export function attemptsOf({ host, tlsMode }: Target): readonly Encryption[] {
  if (host.startsWith('/')) return ['none']
  switch (tlsMode) {
    case 'disable':
      return ['none']
    case 'allow':
      return ['none', 'tls if offered']
    case 'prefer':
      return ['tls if offered', 'none']
    case 'require':
    case 'verify-ca':
    case 'verify-full':
      return ['tls']
  }
}

/** Why the words of a target contradict each other; null when they do not. */
export function contradiction({ host, tlsMode, rootCertificate, tlsNegotiation }: Target): TlsProblem | null {
  if (host.startsWith('/')) return null
  if (rootCertificate === 'system' && tlsMode !== 'verify-full')
    return new TlsProblem(
      `TLS mode ${tlsMode} is too weak for the roots this computer trusts.`,
      'Anybody can get a certificate from one of them, so the name must be verified too: use verify-full, or the CA file of your server.',
    )
  if (tlsNegotiation === 'direct' && (tlsMode === 'disable' || tlsMode === 'allow' || tlsMode === 'prefer'))
    return new TlsProblem(
      `TLS mode ${tlsMode} is too weak for direct negotiation.`,
      'A connection that begins with TLS cannot go on without it: use require, verify-ca or verify-full.',
    )
  return null
}
