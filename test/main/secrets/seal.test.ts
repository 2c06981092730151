import { describe, expect, it } from 'vitest'
import type { SshHop, Target } from '../../../contract/profile'
import { sealOf } from '../../../electron/main/secrets/seal'
import { aTarget } from '../../support/builders'

const hop: SshHop = { host: 'bastion', port: 22, user: 'ops', authentication: 'agent', keyFile: null }

/** A change of every part that decides to whom a secret goes, or how. */
const CHANGES: { readonly [F in Exclude<keyof Target, 'database'>]: readonly Partial<Target>[] } = {
  host: [{ host: '127.0.0.2' }, { host: 'localhost' }, { host: '/tmp' }],
  port: [{ port: 2 }],
  role: [{ role: 'app2' }, { role: 'App' }],
  tlsMode: [{ tlsMode: 'allow' }, { tlsMode: 'prefer' }, { tlsMode: 'verify-full' }],
  rootCertificate: [{ rootCertificate: '/ca.pem' }, { rootCertificate: 'system' }],
  clientCertificate: [{ clientCertificate: '/c.pem' }],
  clientKey: [{ clientKey: '/c.key' }],
  revocationList: [{ revocationList: '/crl.pem' }],
  tlsNegotiation: [{ tlsNegotiation: 'direct' }],
  channelBinding: [{ channelBinding: 'disable' }, { channelBinding: 'require' }],
  authenticationMethods: [{ authenticationMethods: ['password'] }, { authenticationMethods: ['scram-sha-256', 'md5'] }],
  tunnel: [
    { tunnel: [hop] },
    { tunnel: [{ ...hop, host: 'other' }] },
    { tunnel: [{ ...hop, port: 2222 }] },
    { tunnel: [{ ...hop, user: 'root' }] },
    { tunnel: [{ ...hop, authentication: 'password' }] },
    { tunnel: [{ ...hop, keyFile: '/k' }] },
    { tunnel: [hop, hop] },
  ],
}

describe('the seal of a target', () => {
  it('is another one after every change that decides where a secret goes', () => {
    const changed = Object.values(CHANGES).flat()

    const seals = [aTarget(), ...changed.map((change) => aTarget(change))].map(sealOf)

    expect(new Set(seals).size).toBe(changed.length + 1)
    expect(changed.length).toBeGreaterThanOrEqual(24)
  })

  it('is the same for every database of a server', () => {
    expect(sealOf(aTarget({ database: 'other' }))).toBe(sealOf(aTarget()))
  })

  it('does not depend on the order in which a file has the parts', () => {
    const turned = Object.fromEntries(Object.entries(aTarget()).reverse()) as Target // the same members

    expect(sealOf(turned)).toBe(sealOf(aTarget()))
  })
})
