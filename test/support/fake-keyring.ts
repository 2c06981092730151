import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Keyring } from '../../electron/main/secrets/keyring'

/** A keyring with a key of its own, as a session of a desktop has one; real encryption, no desktop. */
export class FakeKeyring implements Keyring {
  readonly name: string
  isReal = true
  shouldReEncrypt = false
  private readonly key = randomBytes(32)

  constructor(name = 'gnome_libsecret') {
    this.name = name
  }

  async encrypt(text: string): Promise<Buffer> {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce)
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  }

  async decrypt(bytes: Buffer): Promise<{ readonly text: string; readonly shouldReEncrypt: boolean }> {
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(-16))
    const text = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
    return { text, shouldReEncrypt: this.shouldReEncrypt }
  }
}
