import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect, type TLSSocket } from 'node:tls'
import type { Target } from '../../../../contract/profile'
import type { TlsFacts, TlsVerdict } from '../../../../contract/session'
import { isForHost, listNames, namesOf } from './certificate-names'
import type { TlsMaterial } from './tls-files'
import { TlsProblem } from './tls-problem'

/** An encrypted stream, and what is known of the server at its other end. */
export interface Encrypted {
  readonly stream: TLSSocket
  readonly verdict: TlsVerdict
  readonly facts: TlsFacts
  /** The server's certificate in DER: what a login is bound to. */
  readonly certificate: Buffer
}

/** TLS over a connected stream: the chain is verified where there are roots, the name where the mode asks for it. */
export async function encrypt(
  target: Target,
  socket: Duplex,
  material: TlsMaterial,
  limitMs: number,
): Promise<Encrypted> {
  const stream = await shakeHands(target, socket, material, limitMs)
  try {
    const certificate = stream.getPeerX509Certificate()
    if (certificate === undefined) throw new TlsProblem('The server showed no certificate.', 'Check host and port.')
    if (target.tlsNegotiation === 'direct' && stream.alpnProtocol !== 'postgresql')
      throw new TlsProblem(
        'The server did not confirm that it speaks PostgreSQL (ALPN).',
        'Direct negotiation needs PostgreSQL 17 or newer: let the negotiation begin as usual.',
      )
    const names = namesOf(certificate.raw)
    const isHostVerified = target.tlsMode === 'verify-full'
    if (isHostVerified && !isForHost(target.host, names)) throw wrongName(target, listNames(names))
    const cipher = stream.getCipher()
    return {
      stream,
      certificate: certificate.raw,
      verdict: isHostVerified ? 'verified host' : material.roots === null ? 'encrypted' : 'verified chain',
      facts: {
        protocol: stream.getProtocol() ?? 'TLS',
        cipher: cipher.standardName ?? cipher.name,
        subject: oneLine(certificate.subject),
        issuer: oneLine(certificate.issuer),
        names: listNames(names).slice(0, 100).map(oneLine),
        validFrom: dateOf(certificate.validFrom),
        validTo: dateOf(certificate.validTo),
        fingerprint: certificate.fingerprint256,
        roots: material.rootsFrom,
        hasRevocationList: material.revocationLists.length > 0,
        hasClientCertificate: material.identity !== null,
      },
    }
  } catch (error) {
    stream.destroy()
    throw error
  }
}

function shakeHands(target: Target, socket: Duplex, material: TlsMaterial, limitMs: number): Promise<TLSSocket> {
  const { roots, revocationLists, identity } = material
  return new Promise((resolve, reject) => {
    const stream = connect({
      socket,
      host: target.host,
      // The profile's host, whatever address or tunnel leads to it; a name, as the rules for SNI want it.
      ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
      ...(roots === null ? {} : { ca: [...roots] }),
      ...(revocationLists.length === 0 ? {} : { crl: [...revocationLists] }),
      ...(identity === null ? {} : { cert: identity.certificate, key: identity.key }),
      ...(target.tlsNegotiation === 'direct' ? { ALPNProtocols: ['postgresql'] } : {}),
      minVersion: 'TLSv1.2',
      rejectUnauthorized: roots !== null,
      // The runtime's rule is another one than libpq's, which is asked once hands are shaken.
      checkServerIdentity: () => undefined,
    })
    const timer = setTimeout(
      () => stream.destroy(Object.assign(new Error('no answer to the TLS handshake'), { code: 'ETIMEDOUT' })),
      limitMs,
    )
    const settle = (act: () => void) => {
      clearTimeout(timer)
      stream.off('error', onError)
      stream.off('close', onClose)
      act()
    }
    const onError = (error: Error) =>
      settle(() => reject('code' in error && error.code === 'ECONNRESET' ? closed(target) : error))
    const onClose = () => settle(() => reject(closed(target)))
    stream.on('error', onError)
    stream.on('close', onClose)
    stream.once('secureConnect', () => settle(() => resolve(stream)))
  })
}

function closed({ tlsNegotiation }: Target): TlsProblem {
  return new TlsProblem(
    'The server closed the connection during the TLS handshake.',
    tlsNegotiation === 'direct'
      ? 'Direct negotiation needs PostgreSQL 17 or newer: let the negotiation begin as usual.'
      : 'Its log may say why.',
  )
}

function wrongName(target: Target, names: readonly string[]): TlsProblem {
  const shown = names.slice(0, 10).map(oneLine).join(', ')
  const others = names.length > 10 ? ` and ${names.length - 10} more` : ''
  return new TlsProblem(
    `The server's certificate is not for "${target.host}".`,
    `${names.length === 0 ? 'It names no host.' : `It is for ${shown}${others}.`} Use the host name the certificate was made for, or verify-ca if you accept any name.`,
  )
}

/** Distinguished names come with a line for each part. */
function oneLine(name: string): string {
  return name
    .replaceAll('\n', ', ')
    .replace(/\p{Cc}/gu, '·')
    .slice(0, 500)
}

function dateOf(text: string): string {
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? text : date.toISOString()
}
