import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isForHost, listNames, namesOf } from '../../../../electron/engine/session/tls/certificate-names'
import { createAuthority, type IssueRequest } from '../../../support/certificates'

const authority = createAuthority('Strata test authority')
const namesIn = (request: IssueRequest) => namesOf(new X509Certificate(authority.issueFor(request).certificate).raw)
const six = (hex: string) => Buffer.from(hex, 'hex')

describe('names of a certificate', () => {
  it('are read from it, whatever else it holds', () => {
    const names = namesIn({
      commonName: 'Name of the server',
      dns: ['db.example', '*.db.example'],
      addresses: ['10.0.0.1', six('20010db8000000000000000000000001')],
    })

    expect([names, listNames(names)]).toEqual([
      {
        dns: ['db.example', '*.db.example'],
        addresses: ['10.0.0.1', '2001:db8::1'],
        commonName: 'Name of the server',
      },
      ['db.example', '*.db.example', '10.0.0.1', '2001:db8::1', 'Name of the server'],
    ])
  })

  it.each<[string, IssueRequest, boolean]>([
    ['db.example', { dns: ['db.example'] }, true],
    ['DB.EXAMPLE', { dns: ['db.example'] }, true],
    ['db.example.', { dns: ['db.example'] }, false],
    ['a.db.example', { dns: ['*.db.example'] }, true],
    ['.db.example', { dns: ['*.db.example'] }, false],
    ['a.b.db.example', { dns: ['*.db.example'] }, false],
    ['db.example', { dns: ['*.db.example'] }, false],
    ['a.example', { dns: ['*.*'] }, false],
    ['adb.example', { dns: ['*db.example'] }, false],
    ['db.example', { dns: ['*'] }, false],
    ['ſ.example', { dns: ['s.example'] }, false],
    ['db.example', { commonName: 'db.example' }, true],
    ['db.example', { commonName: 'db.example', dns: ['other.example'] }, false],
    ['db.example', { commonName: 'db.example', addresses: ['10.0.0.1'] }, true],
    ['10.0.0.1', { addresses: ['10.0.0.1'] }, true],
    ['10.0.0.1', { commonName: '10.0.0.1', addresses: ['10.0.0.2'] }, false],
    ['10.0.0.1', { commonName: '10.0.0.1', dns: ['db.example'] }, true],
    ['2001:DB8:0::1', { addresses: [six('20010db8000000000000000000000001')] }, true],
    ['fe80::1%eth0', { addresses: [six('fe800000000000000000000000000001')] }, false],
    ['::1', { addresses: [Buffer.from('short')] }, false],
  ])('fit %s or do not: %o', (host, request, fits) => {
    expect(isForHost(host, namesIn(request))).toBe(fits)
  })

  it('end the comparison where one holds a NUL', () => {
    expect(() => isForHost('good.example', namesIn({ dns: ['evil.example\0.good.example', 'good.example'] }))).toThrow(
      'a name in the certificate contains a NUL',
    )
  })

  it('are not looked for beyond the end of what was sent', () => {
    const { raw } = new X509Certificate(authority.issueFor({ dns: ['db.example'] }).certificate)
    const outcomes = new Set<string>()
    for (let length = 0; length < raw.length; length += 1) {
      try {
        namesOf(raw.subarray(0, length))
        outcomes.add('read')
      } catch (error) {
        outcomes.add(error instanceof RangeError ? 'cut' : (error as Error).message)
      }
    }

    expect([...outcomes].sort()).toEqual(['cut', 'the certificate cannot be read'])
  })
})
