import { z } from 'zod'
import type { Keyring } from './keyring'
import {
  readSecretFile,
  recordOf,
  type SecretRecord,
  secretRecord,
  withoutRecord,
  withPromoted,
  withRecord,
  writeSecretFile,
} from './secret-records'
import type { SecretShelf } from './shelf'

const secretsFile = z.strictObject({
  format: z.literal('strata secrets'),
  version: z.literal(2),
  records: z.array(secretRecord).max(10_000),
})
const sealed = z.strictObject({ seal: z.string(), secret: z.string() })

/** Secrets in a file, each encrypted with a key that the system's keyring keeps. */
export function createKeyringShelf(options: {
  readonly file: string
  readonly keyring: Keyring
  /** Hears what happened to the file or a secret in it, in words; never a secret. */
  readonly note: (line: string) => void
}): SecretShelf {
  const { file, keyring, note } = options
  // A file of the first version is kept aside as well: its passwords were sealed to less than a target says today.
  const read = (): readonly SecretRecord[] => readSecretFile(file, secretsFile, note)?.records ?? []
  const write = (records: readonly SecretRecord[]) =>
    writeSecretFile(file, { format: 'strata secrets', version: 2, records })
  return {
    put: async (key, seal, secret) => {
      if (!keyring.isReal) throw new Error('This system has no keyring that protects anything.')
      const ciphertext = (await keyring.encrypt(JSON.stringify({ seal, secret }))).toString('base64')
      const created = new Date().toISOString()
      const { profileId, kind, slot } = key
      write(withRecord(read(), { profileId, kind, slot, seal, created, backend: keyring.name, ciphertext }))
    },
    look: async (key, seal) => {
      const record = recordOf(read(), key)
      if (record === undefined) return { state: 'none' }
      if (record.seal !== seal) return { state: 'other target' }
      if (!keyring.isReal) return { state: 'unreadable' }
      try {
        const { text, shouldReEncrypt } = await keyring.decrypt(Buffer.from(record.ciphertext, 'base64'))
        const content = sealed.parse(JSON.parse(text))
        // The seal beside the cipher text can be edited, the one within it cannot.
        if (content.seal !== seal) return { state: 'other target' }
        if (shouldReEncrypt) {
          const ciphertext = (await keyring.encrypt(text)).toString('base64')
          write(withRecord(read(), { ...record, backend: keyring.name, ciphertext }))
        }
        return { state: 'found', secret: content.secret }
      } catch {
        // The keyring is locked, or another one: the cipher text stays, because the right one may open it again.
        note(`A secret in ${file} cannot be read with ${keyring.name}; it was written with ${record.backend}.`)
        return { state: 'unreadable' }
      }
    },
    promote: async (profileId, kind) => {
      const before = read()
      const after = withPromoted(before, profileId, kind)
      if (after !== before) write(after)
    },
    remove: async (key) => {
      const before = read()
      if (recordOf(before, key) !== undefined) write(withoutRecord(before, key))
    },
    forget: async (profileId) => {
      const before = read()
      const after = before.filter((each) => each.profileId !== profileId)
      if (after.length < before.length) write(after)
    },
  }
}
