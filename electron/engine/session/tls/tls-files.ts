import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Stats } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Target } from '../../../../contract/profile'
import type { FindSecret } from '../way'
import { readSystemRoots } from './system-roots'
import { fileProblem, passphraseProblem, type TlsFile } from './tls-problem'

/** What the files of a target come to. */
export interface TlsMaterial {
  /** PEM of the roots that the server's chain must lead to; null when it is not verified. */
  readonly roots: readonly string[] | null
  /** Where the roots are from: a path, or `system`. */
  readonly rootsFrom: string | null
  /** PEM of each revocation list; none when nothing is known to be revoked. */
  readonly revocationLists: readonly string[]
  /** PEM that is shown to a server that asks for a certificate. */
  readonly identity: { readonly certificate: string; readonly key: string } | null
}

/** The roots of a whole system are a quarter of a megabyte. */
const MAX_BYTES = 4 * 1024 * 1024

/**
 * Reads the files a target names, and those in libpq's own places, by libpq's rules (fe-secure-openssl.c): which may be missing, which
 * must not, and who may read a key. Throws a `TlsProblem`.
 */
export async function readTlsFiles(target: Target, findSecret: FindSecret): Promise<TlsMaterial> {
  const { roots, rootsFrom } = await readRoots(target)
  const revocationLists = roots === null ? [] : await readRevocationLists(target)
  return { roots, rootsFrom, revocationLists, identity: await readIdentity(target, findSecret) }
}

/** Path of a file in libpq's own folder, where it looks for what is not named. */
function ownFile(name: string): string {
  return join(homedir(), '.postgresql', name)
}

async function readRoots({ tlsMode, rootCertificate }: Target): Promise<Pick<TlsMaterial, 'roots' | 'rootsFrom'>> {
  if (rootCertificate === 'system') {
    const roots = await readSystemRoots().catch((error: unknown) => {
      throw fileProblem('root certificate', 'system', 'missing', error)
    })
    return { roots, rootsFrom: 'system' }
  }
  const path = rootCertificate ?? ownFile('root.crt')
  if ((await lookAt(path)) === null) {
    if (tlsMode === 'verify-ca' || tlsMode === 'verify-full') throw fileProblem('root certificate', path, 'missing')
    return { roots: null, rootsFrom: null }
  }
  const text = await read('root certificate', path)
  certificatesIn('root certificate', path, text)
  return { roots: [text], rootsFrom: path }
}

async function readRevocationLists({ rootCertificate, revocationList }: Target): Promise<readonly string[]> {
  if (rootCertificate === 'system' && revocationList === null) return []
  const path = revocationList ?? ownFile('root.crl')
  if ((await lookAt(path)) === null) return []
  const text = await read('revocation list', path)
  // The runtime reads one list of a text; a chain needs one of each authority.
  const lists = blocksOf(text)
    .filter((block) => block.startsWith('-----BEGIN X509 CRL-----'))
    .map((block) => `${block}-----END X509 CRL-----`)
  // libpq would go on as if nothing had been revoked.
  if (lists.length === 0) throw fileProblem('revocation list', path, 'empty')
  return lists
}

async function readIdentity(target: Target, findSecret: FindSecret): Promise<TlsMaterial['identity']> {
  const path = target.clientCertificate ?? ownFile('postgresql.crt')
  if ((await lookAt(path)) === null) return null
  const certificate = await read('client certificate', path)
  const [own] = certificatesIn('client certificate', path, certificate)
  const keyPath = target.clientKey ?? ownFile('postgresql.key')
  const key = await readKey(keyPath, findSecret)
  if (own?.checkPrivateKey(key) !== true) throw fileProblem('client key', keyPath, 'not its own')
  return { certificate, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

async function readKey(path: string, findSecret: FindSecret): Promise<KeyObject> {
  const found = await lookAt(path)
  if (found === null) throw fileProblem('client key', path, 'missing')
  if (!found.isFile()) throw fileProblem('client key', path, 'not a file')
  checkPlain('client key', path, found)
  if (process.platform !== 'win32' && isOpenToOthers(found)) throw fileProblem('client key', path, 'open to others')
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileProblem('client key', path, 'unreadable', error)
  })
  const text = bytes.toString('latin1')
  if (!text.includes('-----BEGIN')) return derKey(path, bytes)
  if (!/ENCRYPTED/.test(text)) return keyOf(path, () => createPrivateKey(bytes))
  const passphrase = await findSecret('client key')
  if (passphrase === null || passphrase === '') throw passphraseProblem(path, 'missing')
  try {
    return createPrivateKey({ key: bytes, passphrase })
  } catch (error) {
    throw passphraseProblem(path, 'wrong', error)
  }
}

/** libpq's rule: a key of root may be readable by a group, any other one by its owner alone. */
function isOpenToOthers({ uid, mode }: Stats): boolean {
  return (mode & (uid === 0 ? 0o037 : 0o077)) !== 0
}

function derKey(path: string, key: Buffer): KeyObject {
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    try {
      return createPrivateKey({ key, format: 'der', type })
    } catch {
      // of another kind, or no key
    }
  }
  throw fileProblem('client key', path, 'empty')
}

function keyOf(path: string, make: () => KeyObject): KeyObject {
  try {
    return make()
  } catch (error) {
    throw fileProblem('client key', path, 'empty', error)
  }
}

/** What is known of a file; null when there is none. */
async function lookAt(path: string): Promise<Stats | null> {
  return stat(path).catch(() => null)
}

/** A pipe would keep the connection waiting for its writer, a device would never end. */
function checkPlain(what: TlsFile, path: string, found: Stats | null): void {
  if (found === null || found.isDirectory()) return // reading says why
  if (!found.isFile()) throw fileProblem(what, path, 'not a file')
  if (found.size > MAX_BYTES) throw fileProblem(what, path, 'too large')
}

async function read(what: TlsFile, path: string): Promise<string> {
  checkPlain(what, path, await lookAt(path))
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw fileProblem(what, path, 'unreadable', error)
  })
}

/** Every block of PEM from its beginning to its end mark; in one pass, however many beginnings have no end. */
function blocksOf(text: string): string[] {
  return text.split(/(?=-----BEGIN )/).flatMap((part) => {
    const end = part.indexOf('-----END')
    return end < 0 ? [] : [part.slice(0, end)]
  })
}

function certificatesIn(what: TlsFile, path: string, text: string): readonly X509Certificate[] {
  const blocks = blocksOf(text).filter((block) => /^-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/.test(block))
  try {
    const found = blocks.map(
      (block) => new X509Certificate(`${block}-----END CERTIFICATE-----`.replace(/(TRUSTED |X509 )/g, '')),
    )
    if (found.length > 0) return found
  } catch (error) {
    throw fileProblem(what, path, 'empty', error)
  }
  throw fileProblem(what, path, 'empty')
}
