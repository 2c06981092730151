import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { z } from 'zod'
import { secretRecord } from './secret-records'

/** What scrypt is given: about 0.4 s and 128 MiB for every passphrase that is tried. */
const SCRYPT = { N: 131_072, r: 8, p: 1, maxmem: 256 * 1024 * 1024 } as const
const ALGORITHM = 'aes-256-gcm'
const TAG_BYTES = 16

const encoded = z.base64().max(64 * 1024)

/** Bytes encrypted with the vault's key; the nonce is used once. */
const sealedBytes = z.strictObject({ nonce: encoded, ciphertext: encoded })
type SealedBytes = z.output<typeof sealedBytes>

/** The vault as it lies on the disk: nothing but the seals and the names of profiles can be read without the passphrase. */
export const vaultFile = z.strictObject({
  format: z.literal('strata vault'),
  version: z.literal(1),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    N: z.literal(SCRYPT.N),
    r: z.literal(SCRYPT.r),
    p: z.literal(SCRYPT.p),
    salt: encoded,
  }),
  /** A known text under the key: whether a passphrase is right can be told without a secret. */
  check: sealedBytes,
  records: z.array(secretRecord).max(10_000),
})
/** The vault as it lies on the disk. */
export type VaultFile = z.output<typeof vaultFile>

/** Makes a key of a passphrase. */
export type DeriveKey = (passphrase: string, salt: Buffer) => Promise<Buffer>

const CHECK_CONTEXT = 'strata vault 1 check'

/** An empty vault for a passphrase, and its key. */
export async function newVault(
  passphrase: string,
  derive: DeriveKey,
): Promise<{ readonly content: VaultFile; readonly key: Buffer }> {
  const salt = randomBytes(32)
  const key = await derive(passphrase, salt)
  const { N, r, p } = SCRYPT
  const kdf = { name: 'scrypt', N, r, p, salt: salt.toString('base64') } as const
  const check = seal(key, 'strata vault', CHECK_CONTEXT)
  return { content: { format: 'strata vault', version: 1, kdf, check, records: [] }, key }
}

/** The key of a vault; null when the passphrase is not the one it was made with. */
export async function openVault(content: VaultFile, passphrase: string, derive: DeriveKey): Promise<Buffer | null> {
  const key = await derive(passphrase, Buffer.from(content.kdf.salt, 'base64'))
  if (unseal(key, content.check, CHECK_CONTEXT) !== null) return key
  key.fill(0)
  return null
}

/** Encrypts a text that can be decrypted only together with the same context. */
export function seal(key: Buffer, text: string, context: string): SealedBytes {
  const nonce = randomBytes(12)
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(context))
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return { nonce: nonce.toString('base64'), ciphertext: ciphertext.toString('base64') }
}

/** The text; null when key or context are not those it was encrypted with, or a byte of it was changed. */
export function unseal(key: Buffer, { nonce, ciphertext }: SealedBytes, context: string): string | null {
  try {
    const bytes = Buffer.from(ciphertext, 'base64')
    const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(nonce, 'base64'), { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

/** The key that a passphrase stands for, 32 bytes by scrypt; not on this process's one thread, because it takes its time. */
export function deriveKey(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Two keyboards may write one letter in two ways.
    scrypt(passphrase.normalize('NFC'), salt, 32, SCRYPT, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}
