import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** A certificate authority that signs what tests ask for. */
export interface Authority {
  /** PEM of the authority's own certificate. */
  readonly certificate: string
  /** A server certificate for DNS names, with its key, both PEM. */
  issue(names: readonly string[], days?: number): { readonly certificate: string; readonly key: string }
}

// X.509 v3 in DER, by hand: Node cannot make certificates and a fresh machine has no openssl. Source: RFC 5280, section 4.1.
const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const size = body.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const time = (date: Date): Buffer => der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+/g, '')}`))
const commonName = (name: string): Buffer => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))))
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'))
const DAY_MS = 86_400_000

/** An authority with a new key; its name tells two of them apart. */
export function createAuthority(name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const isAuthority = extension('551d13', sequence(der(0x01, Buffer.from([0xff]))), true)
  return {
    certificate: certify({
      name,
      key: keys.publicKey,
      days: 30,
      extensions: [isAuthority],
      issuer: name,
      signer: keys.privateKey,
    }),
    issue(names, days = 30) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const alternatives = extension('551d11', sequence(...names.map((each) => der(0x82, Buffer.from(each)))), false)
      const request = { name: names[0] ?? 'server', key: own.publicKey, days, extensions: [alternatives] }
      return {
        certificate: certify({ ...request, issuer: name, signer: keys.privateKey }),
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      }
    },
  }
}

function extension(id: string, value: Buffer, isCritical: boolean): Buffer {
  return sequence(oid(id), ...(isCritical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value))
}

/** A certificate from yesterday until `days` from now; a negative number of days makes an expired one. */
function certify(request: {
  readonly name: string
  readonly key: KeyObject
  readonly days: number
  readonly extensions: readonly Buffer[]
  readonly issuer: string
  readonly signer: KeyObject
}): string {
  const until = Date.now() + request.days * DAY_MS
  const from = Math.min(Date.now(), until) - DAY_MS
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256,
    commonName(request.issuer),
    sequence(time(new Date(from)), time(new Date(until))),
    commonName(request.name),
    request.key.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...request.extensions)),
  )
  const signature = sign('sha256', body, request.signer)
  const whole = sequence(body, ECDSA_SHA256, der(0x03, Buffer.from([0]), signature))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
