import { rmSync } from 'node:fs'
import type { VaultState } from '../../../contract/secret'
import {
  putAside,
  readSecretFile,
  recordOf,
  type SecretRecord,
  withoutRecord,
  withPromoted,
  withRecord,
  writeSecretFile,
} from './secret-records'
import type { SecretShelf } from './shelf'
import { type DeriveKey, deriveKey, newVault, openVault, seal, unseal, type VaultFile, vaultFile } from './vault-file'

/** What a vault is made with. */
export interface VaultOptions {
  readonly file: string
  /** Hears what happened to the file, in words; never a secret. */
  readonly note: (line: string) => void
  /** scrypt unless said otherwise. */
  readonly derive?: DeriveKey
}

/** Secrets in a file that a passphrase opens, for systems without a keyring. Its key is in memory from `unlock` to `lock`. */
export class Vault implements SecretShelf {
  private readonly options: VaultOptions
  private readonly derive: DeriveKey
  private key: Buffer | null = null
  private last: Promise<unknown> = Promise.resolve()

  constructor(options: VaultOptions) {
    this.options = options
    this.derive = options.derive ?? deriveKey
  }

  /** Whether there is one, whether it is open, and how many secrets it holds. */
  get state(): VaultState {
    const content = this.read()
    const secrets = content?.records.length ?? 0
    return { state: content === null ? 'none' : this.key === null ? 'locked' : 'open', secrets }
  }

  /** Makes a vault and leaves it open; one that is there already is kept aside, with everything in it. */
  create(passphrase: string): Promise<void> {
    return this.inTurn(async () => {
      const { content, key } = await newVault(passphrase, this.derive)
      if (this.read() !== null) {
        const aside = putAside(this.options.file)
        this.options.note(`The vault before is kept as ${aside}: its passphrase still opens it.`)
      }
      writeSecretFile(this.options.file, content)
      this.hold(key)
    })
  }

  /** Opens the vault; false, and nothing changed, when the passphrase is not the right one. */
  unlock(passphrase: string): Promise<boolean> {
    return this.inTurn(async () => {
      const content = this.read()
      const key = content === null ? null : await openVault(content, passphrase, this.derive)
      if (key === null) return false
      this.hold(key)
      return true
    })
  }

  /** Forgets the key. */
  lock(): Promise<void> {
    return this.inTurn(async () => this.hold(null))
  }

  /**
   * Encrypts everything anew with another passphrase; false, and nothing changed, when the one before is not right. When a secret cannot
   * be read, the file before is kept aside.
   */
  changePassphrase(before: string, passphrase: string): Promise<boolean> {
    return this.inTurn(async () => {
      const found = this.read()
      const oldKey = found === null ? null : await openVault(found, before, this.derive)
      if (oldKey === null) return false
      const { content, key } = await newVault(passphrase, this.derive)
      const old = this.read()?.records ?? []
      const records = old.flatMap((record) => {
        const secret = unseal(oldKey, sealedOf(record), contextOf(record))
        return secret === null ? [] : [{ ...record, ...seal(key, secret, contextOf(record)) }]
      })
      oldKey.fill(0)
      if (records.length < old.length) {
        const aside = putAside(this.options.file)
        this.options.note(
          `${old.length - records.length} secrets of the vault could not be read. It is kept as ${aside}.`,
        )
      }
      writeSecretFile(this.options.file, { ...content, records })
      this.hold(key)
      return true
    })
  }

  /** Deletes the vault with everything in it. */
  destroy(): Promise<void> {
    return this.inTurn(async () => {
      rmSync(this.options.file, { force: true })
      this.hold(null)
    })
  }

  async put(key: Parameters<SecretShelf['put']>[0], sealOfTarget: string, secret: string): Promise<void> {
    const content = this.read()
    if (content === null || this.key === null) throw new Error('The vault is locked.')
    const { profileId, kind, slot } = key
    const head = { profileId, kind, slot, seal: sealOfTarget, created: new Date().toISOString(), backend: 'vault' }
    const record: SecretRecord = { ...head, ...seal(this.key, secret, contextOf(head)) }
    this.write(content, withRecord(content.records, record))
  }

  async look(key: Parameters<SecretShelf['look']>[0], sealOfTarget: string): ReturnType<SecretShelf['look']> {
    const record = recordOf(this.read()?.records ?? [], key)
    if (record === undefined) return { state: 'none' }
    if (record.seal !== sealOfTarget) return { state: 'other target' }
    if (this.key === null) return { state: 'locked' }
    const secret = unseal(this.key, sealedOf(record), contextOf(record))
    return secret === null ? { state: 'unreadable' } : { state: 'found', secret }
  }

  async promote(...[profileId, kind]: Parameters<SecretShelf['promote']>): Promise<void> {
    this.edit((records) => withPromoted(records, profileId, kind))
  }

  async remove(key: Parameters<SecretShelf['remove']>[0]): Promise<void> {
    this.edit((records) => (recordOf(records, key) === undefined ? records : withoutRecord(records, key)))
  }

  async forget(profileId: string): Promise<void> {
    this.edit((records) =>
      records.some((each) => each.profileId === profileId)
        ? records.filter((each) => each.profileId !== profileId)
        : records,
    )
  }

  private edit(change: (records: readonly SecretRecord[]) => readonly SecretRecord[]): void {
    const content = this.read()
    if (content === null) return
    const records = change(content.records)
    if (records !== content.records) this.write(content, records)
  }

  private read(): VaultFile | null {
    return readSecretFile(this.options.file, vaultFile, this.options.note)
  }

  private write(content: VaultFile, records: readonly SecretRecord[]): void {
    writeSecretFile(this.options.file, { ...content, records })
  }

  private hold(key: Buffer | null): void {
    this.key?.fill(0)
    this.key = key
  }

  /** One at a time: scrypt takes its time and memory. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work)
    this.last = turn.catch(() => {})
    return turn
  }
}

/** What a secret is for stands in the clear, and cannot be changed: the cipher text goes with exactly this. */
function contextOf({ profileId, kind, seal: sealOfTarget }: Pick<SecretRecord, 'profileId' | 'kind' | 'seal'>): string {
  return JSON.stringify(['strata vault 1', profileId, kind, sealOfTarget])
}

function sealedOf({ nonce = '', ciphertext }: SecretRecord): { readonly nonce: string; readonly ciphertext: string } {
  return { nonce, ciphertext }
}
