import { type SshHop, sshHop } from '../../../../contract/profile'
import type { FoundConnection } from './found-connection'

/** What a source says of one SSH server; texts as they stand there. */
export interface FoundHop {
  readonly host: string | null
  readonly port: string | null
  readonly user: string | null
  readonly authentication: SshHop['authentication']
  readonly keyFile: string | null
}

/** Notes the SSH servers of a connection; one that cannot be used leaves the host unsaid, so that nothing connects around the tunnel. */
export function takeTunnel(found: FoundConnection, hops: readonly FoundHop[], line: number | null): void {
  const parsed = hops.map(({ host, port, user, authentication, keyFile }) =>
    sshHop.safeParse({
      host: host ?? '',
      port: port === null || port === '' ? null : /^\d{1,5}$/.test(port) ? Number(port) : 0,
      user: user === '' ? null : user,
      authentication,
      keyFile: keyFile === '' ? null : keyFile,
    }),
  )
  const usable = parsed.flatMap(({ data }) => (data === undefined || /[\p{C}\p{Z}]/u.test(data.host) ? [] : [data]))
  if (usable.length === hops.length && hops.length <= 4) {
    found.takeTunnel(usable)
    return
  }
  delete found.target.host
  found.refuse(
    'host',
    'The connection goes through an SSH tunnel that cannot be used as it is described. Without it the host is left out.',
    line,
  )
}
