import { safeStorage } from 'electron'

/** What encrypts for this user of this computer. */
export interface Keyring {
  /** Electron's word for the backend: `gnome_libsecret`, `kwallet6`, `Keychain`, `DPAPI`, `basic_text` … */
  readonly name: string
  /** False where there is none that protects anything. */
  readonly isReal: boolean
  /** Rejects when nothing but a well-known password would protect the result. */
  encrypt(text: string): Promise<Buffer>
  /** Rejects when this keyring has no key for it. */
  decrypt(bytes: Buffer): Promise<{ readonly text: string; readonly shouldReEncrypt: boolean }>
}

/** What Chromium writes before a cipher text whose key is a word in its source. */
const WELL_KNOWN = 'v10'

/** The system's keyring through Electron; only good once the app is ready. */
export function systemKeyring(): Keyring {
  const isLinux = process.platform === 'linux'
  // `basic_text` and `unknown` encrypt with a password that everybody knows.
  const name = isLinux ? safeStorage.getSelectedStorageBackend() : process.platform === 'darwin' ? 'Keychain' : 'DPAPI'
  return {
    name,
    isReal: !isLinux || /^(gnome_libsecret|kwallet)/.test(name),
    encrypt: async (text) => {
      const bytes = await safeStorage.encryptStringAsync(text)
      // The keyring did not answer, and Chromium helped itself: that is not kept.
      if (isLinux && bytes.subarray(0, 3).toString('latin1') === WELL_KNOWN) throw new Error(`${name} is locked`)
      return bytes
    },
    decrypt: async (bytes) => {
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(bytes)
      return { text: result, shouldReEncrypt }
    },
  }
}
