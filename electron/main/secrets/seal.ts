import { createHash } from 'node:crypto'
import type { SealedTarget } from '../../../contract/profile'

/**
 * What a secret is kept under: it is given out again for the target with this seal and for no other.
 *
 * Sealed is everything that decides to whom a secret goes, and how: host, port, role, TLS mode, the files with trusted roots, revoked
 * certificates, client certificate and key (as paths; what the files hold is not), TLS negotiation, channel binding, the ways of
 * authentication that are allowed, and every SSH server of the tunnel with its port, user, key file and way of authentication. The
 * database is not: the roles of a server are those of all its databases. Whatever a target gains in later versions is sealed as well,
 * because it is taken whole.
 */
export function sealOf(target: SealedTarget): string {
  const { database: _, ...sealed } = target as SealedTarget & { readonly database?: unknown }
  return createHash('sha256')
    .update(`strata seal 1\n${canonical(sealed)}`)
    .digest('base64')
}

/** JSON with the members of every object in the order of their names. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`
}
