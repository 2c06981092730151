import { createPrivateKey, type KeyObject } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import ssh2, { type ParsedKey } from 'ssh2'
import { codeOf, wordsOf } from './tunnel-failure'

/** A private key that can sign, or why there is none. */
export type KeyReading =
  | { readonly type: 'key'; readonly key: ParsedKey }
  | { readonly type: 'absent' }
  | { readonly type: 'passphrase missing' }
  | { readonly type: 'passphrase wrong' }
  | { readonly type: 'open to others'; readonly mode: string }
  | { readonly type: 'unusable'; readonly why: string }

/** No key is longer. */
export const MAX_KEY_BYTES = 64 * 1024

/** Reads a private key in the OpenSSH, PEM or PKCS #8 format. The passphrase is asked for only when the key needs one. */
export async function readPrivateKey(file: string, askPassphrase: () => Promise<string | null>): Promise<KeyReading> {
  const read = readKeyFile(file)
  if (typeof read !== 'string') return read
  const first = parse(read, undefined)
  if (first.type !== 'passphrase missing') return first
  const passphrase = await askPassphrase()
  return passphrase === null || passphrase === '' ? first : parse(read, passphrase)
}

function readKeyFile(file: string): string | KeyReading {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const { mode, uid, size } = fstatSync(descriptor)
      if ((mode & constants.S_IFMT) !== constants.S_IFREG) return { type: 'unusable', why: 'it is not a file' }
      if (size > MAX_KEY_BYTES) return { type: 'unusable', why: 'it is too large to be a key' }
      // As ssh: a key of ours that others can read is no secret. Windows has no such modes.
      if (process.platform !== 'win32' && uid === process.getuid?.() && (mode & 0o077) !== 0) {
        return { type: 'open to others', mode: (mode & 0o777).toString(8).padStart(4, '0') }
      }
      return readFileSync(descriptor, 'utf8')
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? { type: 'absent' } : { type: 'unusable', why: wordsOf(error) }
  }
}

function parse(text: string, passphrase: string | undefined): KeyReading {
  if (/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return parsePkcs8(text, passphrase)
  const parsed: unknown = ssh2.utils.parseKey(text, passphrase)
  if (!(parsed instanceof Error)) return asKey(parsed)
  if (/no passphrase given/i.test(parsed.message)) return { type: 'passphrase missing' }
  if (passphrase !== undefined && /passphrase|decrypt|integrity|malformed/i.test(parsed.message)) {
    return { type: 'passphrase wrong' }
  }
  return { type: 'unusable', why: unsupported(text, parsed) }
}

function asKey(parsed: unknown): KeyReading {
  const key = (Array.isArray(parsed) ? parsed[0] : parsed) as ParsedKey | undefined
  return key?.isPrivateKey() === true
    ? { type: 'key', key }
    : { type: 'unusable', why: 'it holds a public key, not a private one' }
}

function unsupported(text: string, error: Error): string {
  if (/PuTTY-User-Key-File/.test(text)) return 'it is in the format of PuTTY; export it as an OpenSSH key'
  if (/sk-(ssh|ecdsa)/.test(wordsOf(error))) return 'it belongs to a hardware key; add it to the SSH agent'
  return wordsOf(error)
}

/** ssh2 does not read PKCS #8; the runtime does, and writes what ssh2 reads. */
function parsePkcs8(text: string, passphrase: string | undefined): KeyReading {
  const isEncrypted = text.includes('BEGIN ENCRYPTED PRIVATE KEY')
  if (isEncrypted && passphrase === undefined) return { type: 'passphrase missing' }
  try {
    const key = createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) })
    return asKey(ssh2.utils.parseKey(inFormatOfSsh2(key)))
  } catch (error) {
    return isEncrypted ? { type: 'passphrase wrong' } : { type: 'unusable', why: wordsOf(error) }
  }
}

function inFormatOfSsh2(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa') return String(key.export({ type: 'pkcs1', format: 'pem' }))
  if (key.asymmetricKeyType === 'ec') return String(key.export({ type: 'sec1', format: 'pem' }))
  if (key.asymmetricKeyType === 'ed25519') return openSshEd25519(key)
  throw new Error(`keys of type ${key.asymmetricKeyType ?? 'unknown'} are not supported`)
}

/** Source: OpenSSH, PROTOCOL.key. */
function openSshEd25519(key: KeyObject): string {
  const { d = '', x = '' } = key.export({ format: 'jwk' })
  const seed = Buffer.from(d, 'base64url')
  const point = Buffer.from(x, 'base64url')
  const type = field(Buffer.from('ssh-ed25519'))
  const check = Buffer.alloc(8)
  const inner = Buffer.concat([check, type, field(point), field(Buffer.concat([seed, point])), field(Buffer.alloc(0))])
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, index) => index + 1))
  const none = field(Buffer.from('none'))
  const one = Buffer.from([0, 0, 0, 1])
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    none,
    none,
    field(Buffer.alloc(0)),
    one,
    field(Buffer.concat([type, field(point)])),
    field(Buffer.concat([inner, padding])),
  ])
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
