import type { SshHop, Target } from '../../../contract/profile'
import type { GivenSecret, SecretKind } from '../../../contract/secret'

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
  /** Off keeps what was typed, and goes straight to the host. */
  readonly usesTunnel: boolean
  /** The SSH servers to go through, the nearest first. */
  readonly tunnel: readonly HopFields[]
}

/** No tunnel. */
export const NO_SSH: SshFields = { usesTunnel: false, tunnel: [] }

/** A server of which nothing is known yet. */
export const NEW_HOP: HopFields = { host: '', port: '', user: '', authentication: 'agent', keyFile: '', secret: '' }

/** The fields of a saved profile; a secret is never among them. */
export function sshFieldsOf({ tunnel }: Pick<Target, 'tunnel'>): SshFields {
  return {
    usesTunnel: tunnel.length > 0,
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
export function sshTargetOf({ usesTunnel, tunnel }: SshFields): Pick<Target, 'tunnel'> {
  if (!usesTunnel) return { tunnel: [] }
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
export function sshSummary({ usesTunnel, tunnel }: SshFields): string {
  return !usesTunnel || tunnel.length === 0 ? 'none' : `through ${tunnel.map((hop) => hop.host || '?').join(', ')}`
}

/** Secrets typed for the SSH servers, each by its kind; those of servers that need none are left out. */
export function sshSecretsOf({ usesTunnel, tunnel }: SshFields): GivenSecret[] {
  if (!usesTunnel) return []
  return tunnel.flatMap(({ authentication, secret }, index) => {
    const kind = SSH_KINDS[index]
    return kind === undefined || secret === '' || authentication === 'agent' ? [] : [{ kind, secret }]
  })
}

const SSH_KINDS: readonly SecretKind[] = ['ssh 1', 'ssh 2', 'ssh 3', 'ssh 4']
