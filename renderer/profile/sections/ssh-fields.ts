import type { SshHop, Target } from '../../../contract/profile'

/** One SSH server on the way, as typed. */
export interface HopFields {
  readonly host: string
  readonly port: string
  readonly user: string
  readonly authentication: SshHop['authentication']
  readonly keyFile: string
  /** The password, or the passphrase of the key; never saved with the profile. */
  readonly secret: string
}

/** What the section "SSH" holds, as typed. */
export interface SshFields {
  /** The SSH servers to go through, the nearest first. */
  readonly tunnel: readonly HopFields[]
}

/** No tunnel. */
export const NO_SSH: SshFields = { tunnel: [] }

/** The fields of a saved profile; a secret is never among them. */
export function sshFieldsOf({ tunnel }: Pick<Target, 'tunnel'>): SshFields {
  return {
    tunnel: tunnel.map(({ host, port, user, authentication, keyFile }) => ({
      host,
      port: port === null ? '' : String(port),
      user: user ?? '',
      authentication,
      keyFile: keyFile ?? '',
      secret: '',
    })),
  }
}

/** What the fields say of the target. */
export function sshTargetOf({ tunnel }: SshFields): Pick<Target, 'tunnel'> {
  return {
    tunnel: tunnel.map((hop) => {
      const port = hop.port.trim()
      const keyFile = hop.keyFile.trim()
      return {
        host: hop.host.trim(),
        port: port === '' ? null : /^\d+$/.test(port) ? Number(port) : 0,
        user: hop.user.trim() === '' ? null : hop.user.trim(),
        authentication: hop.authentication,
        keyFile: keyFile === '' || hop.authentication !== 'key' ? null : keyFile,
      }
    }),
  }
}

/** The way through the tunnel, in a few words. */
export function sshSummary({ tunnel }: SshFields): string {
  return tunnel.length === 0 ? 'none' : `through ${tunnel.map((hop) => hop.host || '?').join(', ')}`
}
