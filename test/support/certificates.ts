import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** A certificate with its key, both PEM. */
export interface Issued {
  readonly certificate: string
  readonly key: string
  /** The key itself, to be written in another form. */
  readonly privateKey: KeyObject
  /** For a revocation list. */
  readonly serial: Buffer
}

/** What a certificate is issued for. */
export interface IssueRequest {
  /** The first of `dns` when left out, else "server". */
  readonly commonName?: string
  readonly dns?: readonly string[]
  /** IPv4 addresses, or IPv6 as 16 bytes. */
  readonly addresses?: readonly (string | Buffer)[]
  /** Days from now until it ends; negative for one that has expired. 30 when left out. */
  readonly days?: number
  /** Days from now until it begins; yesterday, or a day before it ends, when left out. */
  readonly fromDays?: number
}

/** A certificate authority that signs what tests ask for. */
export interface Authority {
  /** PEM of the authority's own certificate. */
  readonly certificate: string
  /** A server certificate for DNS names, with its key, both PEM. */
  issue(names: readonly string[], days?: number): Issued
  /** A certificate as it is asked for. */
  issueFor(request: IssueRequest): Issued
  /** An authority whose own certificate this one has signed. */
  intermediate(name: string): Authority
  /** PEM of a list of certificates that this authority has taken back. */
  revoke(serials: readonly Buffer[]): string
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
  return authorityOf(name, keys, { issuer: name, signer: keys.privateKey })
}

/** A certificate that nobody but its own key has signed. */
export function issueSelfSigned(request: IssueRequest): Issued {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return issuedBy({ issuer: nameIn(request), signer: keys.privateKey }, request, keys)
}

interface Signer {
  readonly issuer: string
  readonly signer: KeyObject
}
interface Keys {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

function authorityOf(name: string, keys: Keys, by: Signer): Authority {
  const isAuthority = extension('551d13', sequence(der(0x01, Buffer.from([0xff]))), true)
  const own: Signer = { issuer: name, signer: keys.privateKey }
  const issueFor = (request: IssueRequest) => issuedBy(own, request, generateKeyPairSync('ec', { namedCurve: 'P-256' }))
  return {
    certificate: certify({
      name,
      key: keys.publicKey,
      days: 30,
      extensions: [isAuthority],
      serial: newSerial(),
      ...by,
    }),
    issue: (names, days = 30) => issueFor({ dns: names, days }),
    issueFor,
    intermediate: (other) => authorityOf(other, generateKeyPairSync('ec', { namedCurve: 'P-256' }), own),
    revoke: (serials) => revocationList(own, serials),
  }
}

const nameIn = ({ commonName, dns }: IssueRequest): string => commonName ?? dns?.[0] ?? 'server'
const newSerial = (): Buffer => Buffer.concat([Buffer.from([1]), randomBytes(8)])

function issuedBy(by: Signer, request: IssueRequest, keys: Keys): Issued {
  const { dns = [], addresses = [], days = 30, fromDays } = request
  const names = [
    ...dns.map((each) => der(0x82, Buffer.from(each, 'latin1'))),
    ...addresses.map((each) => der(0x87, typeof each === 'string' ? Buffer.from(each.split('.').map(Number)) : each)),
  ]
  const extensions = names.length === 0 ? [] : [extension('551d11', sequence(...names), false)]
  const serial = newSerial()
  const from = fromDays === undefined ? {} : { fromDays }
  return {
    certificate: certify({ name: nameIn(request), key: keys.publicKey, days, ...from, extensions, serial, ...by }),
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey: keys.privateKey,
    serial,
  }
}

/** Source: RFC 5280, section 5.1. */
function revocationList({ issuer, signer }: Signer, serials: readonly Buffer[]): string {
  const [from, until] = [new Date(Date.now() - DAY_MS), new Date(Date.now() + 30 * DAY_MS)]
  const revoked = serials.map((serial) => sequence(der(0x02, serial), time(from)))
  const body = sequence(
    der(0x02, Buffer.from([1])),
    ECDSA_SHA256,
    commonName(issuer),
    time(from),
    time(until),
    ...(revoked.length === 0 ? [] : [sequence(...revoked)]),
  )
  return signed(body, signer, 'X509 CRL')
}

function extension(id: string, value: Buffer, isCritical: boolean): Buffer {
  return sequence(oid(id), ...(isCritical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value))
}

/** A certificate until `days` from now; a negative number of days makes an expired one. */
function certify(request: {
  readonly name: string
  readonly key: KeyObject
  readonly days: number
  readonly fromDays?: number
  readonly extensions: readonly Buffer[]
  readonly serial: Buffer
  readonly issuer: string
  readonly signer: KeyObject
}): string {
  const { fromDays } = request
  const until = Date.now() + request.days * DAY_MS
  const from = fromDays === undefined ? Math.min(Date.now(), until) - DAY_MS : Date.now() + fromDays * DAY_MS
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, request.serial),
    ECDSA_SHA256,
    commonName(request.issuer),
    sequence(time(new Date(from)), time(new Date(until))),
    commonName(request.name),
    request.key.export({ type: 'spki', format: 'der' }),
    ...(request.extensions.length === 0 ? [] : [der(0xa3, sequence(...request.extensions))]),
  )
  return signed(body, request.signer, 'CERTIFICATE')
}

function signed(body: Buffer, signer: KeyObject, label: string): string {
  const signature = sign('sha256', body, signer)
  const whole = sequence(body, ECDSA_SHA256, der(0x03, Buffer.from([0]), signature))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
