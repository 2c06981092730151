import type { AuthenticationMethod } from '../../contract/authentication'
import type { Profile } from '../../contract/profile'
import type { SessionFacts } from '../../contract/session'

/** What a connection's encryption was verified to be, in words. */
export interface EncryptionWords {
  /** A few words for the title bar. */
  readonly short: string
  /** The same with the host. */
  readonly title: string
  /** What it keeps from whom. */
  readonly meaning: string
  readonly isVerified: boolean
}

type Shown = Pick<SessionFacts, 'tls'> & { readonly profile: Pick<Profile, 'kind' | 'target'> }

/** What was verified, and never what was asked for. */
export function encryptionWords({ tls, profile }: Shown): EncryptionWords {
  const { host, tunnel } = profile.target
  switch (tls) {
    case 'verified host':
      return {
        short: 'Verified host',
        title: `Verified host ${host}`,
        meaning: 'Nobody on the way can read or change what is sent, and the server proved that it is this host.',
        isVerified: true,
      }
    case 'verified chain':
      return {
        short: 'Verified CA',
        title: 'Verified CA, any host',
        meaning:
          'Nobody on the way can read what is sent, unless they have a certificate of the same CA: its name was not compared.',
        isVerified: true,
      }
    case 'encrypted':
      return {
        short: 'Encrypted, not verified',
        title: 'Encrypted, not verified',
        meaning: 'Whoever only listens learns nothing. Somebody in between could pretend to be the server.',
        isVerified: false,
      }
    case 'none':
      if (profile.kind === 'local' || host.startsWith('/'))
        return localWords(host.startsWith('/') ? 'Unix socket' : 'This computer')
      return {
        short: 'Not encrypted',
        title: tunnel.length > 0 ? 'Not encrypted behind the tunnel' : 'Not encrypted',
        meaning: 'Everybody on the way can read and change what is sent.',
        isVerified: false,
      }
  }
}

function localWords(title: string): EncryptionWords {
  return { short: title, title, meaning: 'What is sent does not leave this computer.', isVerified: true }
}

/** How the role proved itself, in words. */
export const AUTHENTICATION_WORDS: Readonly<Record<AuthenticationMethod, string>> = {
  'scram-sha-256': 'SCRAM-SHA-256: both sides proved that they know the password',
  md5: 'MD5: the server did not prove that it knows the password',
  password: 'the password was sent as it is',
  none: 'the server asked for nothing (trust, peer or client certificate)',
}
