import { isIP, SocketAddress } from 'node:net'

/** The names a certificate is for. */
export interface CertificateNames {
  /** `dNSName` of its subject alternative names. */
  readonly dns: readonly string[]
  /** `iPAddress` of its subject alternative names, as text. */
  readonly addresses: readonly string[]
  /** The first common name of its subject. */
  readonly commonName: string | null
}

interface Element {
  readonly tag: number
  readonly start: number
  readonly end: number
}

const SEQUENCE = 0x30
const EXTENSIONS = 0xa3
const DNS_NAME = 0x82
const IP_ADDRESS = 0x87
const COMMON_NAME = '550403' // 2.5.4.3
const ALTERNATIVE_NAMES = '551d11' // 2.5.29.17

/** The names in a certificate's DER. Source: RFC 5280, sections 4.1 and 4.2.1.6. */
export function namesOf(der: Buffer): CertificateNames {
  const [whole] = elements(der, { tag: 0, start: 0, end: der.length })
  const [body] = whole === undefined ? [] : elements(der, whole)
  if (body === undefined) throw new Error('the certificate cannot be read')
  const fields = elements(der, body)
  // version [0] is left out by certificates of version 1; then serial number, algorithm, issuer, validity, subject.
  const subject = fields[fields[0]?.tag === 0xa0 ? 5 : 4]
  const extensions = fields.find((each) => each.tag === EXTENSIONS)
  const names = extensions === undefined ? [] : alternativeNames(der, extensions)
  const texts = (tag: number) => names.filter((each) => each.tag === tag)
  return {
    dns: texts(DNS_NAME).map(({ start, end }) => der.toString('latin1', start, end)),
    addresses: texts(IP_ADDRESS).map(({ start, end }) => addressOf(der.subarray(start, end))),
    commonName: subject === undefined ? null : commonName(der, subject),
  }
}

/**
 * True when a certificate with these names is for the host, by libpq's rule: a DNS name, or an address, or the common name where no
 * alternative name is of the host's kind. `*` stands for one whole label, the left-most. Source: fe-secure-common.c.
 */
export function isForHost(host: string, names: CertificateNames): boolean {
  const isAddress = isIP(host) !== 0
  for (const name of names.dns) if (matches(name, host)) return true
  if (isAddress && names.addresses.includes(canonical(host))) return true
  const hasOfKind = isAddress ? names.addresses.length > 0 : names.dns.length > 0
  return !hasOfKind && names.commonName !== null && matches(names.commonName, host)
}

/** The names as a person reads them, those that count first. */
export function listNames({ dns, addresses, commonName }: CertificateNames): readonly string[] {
  return [...new Set([...dns, ...addresses, ...(commonName === null ? [] : [commonName])])]
}

function matches(name: string, host: string): boolean {
  // A certificate authority that was shown `evil.example\0.good.example` may have looked at another name than C does.
  if (name.includes('\0')) throw new Error('a name in the certificate contains a NUL')
  const [pattern, wanted] = [lower(name), lower(host)]
  if (pattern === wanted) return true
  if (!/^\*\../.test(pattern)) return false
  const label = wanted.slice(0, wanted.length - pattern.length + 1)
  return label !== '' && !label.includes('.') && wanted.endsWith(pattern.slice(1))
}

/** ASCII alone: a letter beyond it is never equal to another. */
function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function addressOf(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 16) return `an address of ${bytes.length} bytes`
  return canonical((bytes.toString('hex').match(/.{4}/g) ?? []).join(':'))
}

function canonical(address: string): string {
  // An address with a zone is of one computer: no certificate is for it.
  if (address.includes('%')) return address
  return new SocketAddress({ address, family: isIP(address) === 6 ? 'ipv6' : 'ipv4' }).address
}

function commonName(der: Buffer, subject: Element): string | null {
  for (const set of elements(der, subject)) {
    for (const pair of elements(der, set)) {
      const [id, value] = elements(der, pair)
      if (id !== undefined && value !== undefined && der.toString('hex', id.start, id.end) === COMMON_NAME)
        return der.toString('utf8', value.start, value.end)
    }
  }
  return null
}

function alternativeNames(der: Buffer, extensions: Element): readonly Element[] {
  const [list] = elements(der, extensions)
  for (const extension of list === undefined ? [] : elements(der, list)) {
    const parts = elements(der, extension)
    const [id, value] = [parts[0], parts.at(-1)]
    if (id === undefined || value === undefined || der.toString('hex', id.start, id.end) !== ALTERNATIVE_NAMES) continue
    const [names] = elements(der, value)
    return names?.tag === SEQUENCE ? elements(der, names) : []
  }
  return []
}

/** What lies one after the other within an element. */
function elements(der: Buffer, { start, end }: Element): Element[] {
  const found: Element[] = []
  let at = start
  while (at < end) {
    const tag = der.readUInt8(at)
    const short = der.readUInt8(at + 1)
    const size = short < 0x80 ? 0 : short & 0x7f
    if (size > 4) throw new Error('the certificate cannot be read')
    const length = size === 0 ? short : der.readUIntBE(at + 2, size)
    const from = at + 2 + size
    if (from + length > end) throw new Error('the certificate cannot be read')
    found.push({ tag, start: from, end: from + length })
    at = from + length
  }
  return found
}
