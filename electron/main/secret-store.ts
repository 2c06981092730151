import { mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { safeStorage } from 'electron'
import { writePrivately } from './settings'

/** Where a kept password lies. */
export type SecretPlace = 'keyring' | 'memory' | 'nowhere'

/** The target a password was given for: it is handed out for exactly this one. */
export interface SecretTarget {
  readonly host: string
  readonly port: number
  readonly role: string
  readonly tlsMode: string
}

interface Kept {
  readonly seal: string
  readonly password: string
}

/** Passwords of profiles: encrypted by the system's keyring where it has a real one, else in memory until the app quits. */
export class SecretStore {
  private readonly file: string
  private readonly memory = new Map<string, Kept>()

  constructor(file: string) {
    this.file = file
  }

  /** Name of the backend, and whether it protects anything: `basic_text` encrypts with a password everybody knows. */
  get keyring(): { readonly name: string; readonly isReal: boolean } {
    if (process.platform !== 'linux') {
      const name = process.platform === 'darwin' ? 'Keychain' : 'DPAPI'
      return { name, isReal: safeStorage.isEncryptionAvailable() }
    }
    const name = safeStorage.getSelectedStorageBackend()
    return { name, isReal: safeStorage.isEncryptionAvailable() && /^(gnome_libsecret|kwallet)/.test(name) }
  }

  /** Keeps a password for a profile and says where. */
  keep(profileId: string, target: SecretTarget, password: string): SecretPlace {
    const kept: Kept = { seal: sealOf(target), password }
    this.memory.set(profileId, kept)
    if (!this.keyring.isReal) return 'memory'
    const stored = this.read()
    stored[profileId] = safeStorage.encryptString(JSON.stringify(kept)).toString('base64')
    this.write(stored)
    return 'keyring'
  }

  /** Where the profile's password is kept. */
  place(profileId: string): SecretPlace {
    if (this.keyring.isReal && Object.hasOwn(this.read(), profileId)) return 'keyring'
    return this.memory.has(profileId) ? 'memory' : 'nowhere'
  }

  /** The password for exactly this target; null when none is kept, or it was given for another one. */
  find(profileId: string, target: SecretTarget): string | null {
    const kept = this.memory.get(profileId) ?? this.decrypt(profileId)
    return kept !== null && kept.seal === sealOf(target) ? kept.password : null
  }

  /** Forgets the password of a profile. */
  forget(profileId: string): void {
    this.memory.delete(profileId)
    const stored = this.read()
    if (!Object.hasOwn(stored, profileId)) return
    delete stored[profileId]
    this.write(stored)
  }

  private decrypt(profileId: string): Kept | null {
    const text = this.keyring.isReal ? this.read()[profileId] : undefined
    if (text === undefined) return null
    try {
      const value: unknown = JSON.parse(safeStorage.decryptString(Buffer.from(text, 'base64')))
      if (typeof value !== 'object' || value === null) return null
      const { seal, password } = value as Record<string, unknown>
      return typeof seal === 'string' && typeof password === 'string' ? { seal, password } : null
    } catch {
      // The keyring changed: the cipher text stays, another keyring may open it again.
      return null
    }
  }

  private read(): Record<string, string> {
    try {
      const value: unknown = JSON.parse(readFileSync(this.file, 'utf8'))
      const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
      return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
    } catch {
      return {}
    }
  }

  private write(stored: Readonly<Record<string, string>>): void {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 })
    writePrivately(this.file, JSON.stringify(stored))
  }
}

function sealOf(target: SecretTarget): string {
  return JSON.stringify([target.host, target.port, target.role, target.tlsMode])
}
