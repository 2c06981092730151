import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { app, type BrowserWindow, clipboard } from 'electron'
import type { FileToken } from '../../contract/transfer'
import type { CloseGuard } from './close-guard'
import { chooseConnectionFile, chooseFolder, chooseSaveFile, chooseSshKey, chooseTlsFile } from './dialogs'
import type { EngineProcess } from './engine-process'
import type { Keyring } from './secrets/keyring'
import type { SecretStore } from './secrets/secret-store'
import type { Vault } from './secrets/vault'
import type { Settings } from './settings'
import type { ShellHandlerFactory } from './shell-door'
import { isFirstPage } from './window'

/** What the shell's answers are made of. */
export interface ShellParts {
  readonly engine: EngineProcess
  readonly secrets: SecretStore
  readonly keyring: Keyring
  readonly vault: Vault
  /** What happened to files of the shell, in words. */
  readonly notices: readonly string[]
  readonly settings: Settings
  readonly guardOf: (window: BrowserWindow) => CloseGuard | undefined
}

/** The shell's answers, one line each. */
export function createShellHandlers(parts: ShellParts): ShellHandlerFactory {
  const { engine, secrets, keyring, vault, notices, settings, guardOf } = parts
  return ({ window }) => ({
    'app.facts': () => ({
      version: app.getVersion(),
      platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
      canKeepPasswords: keyring.isReal,
      keyring: keyring.name,
      theme: settings.theme,
      isFirstPage: isFirstPage(),
    }),
    'app.setTheme': ({ theme }) => {
      settings.setTheme(theme)
      return null
    },
    'engine.connect': () => {
      engine.connect(window.webContents)
      return null
    },
    'app.notices': () => [...notices],
    'secret.offer': async ({ secret, keeper, ...question }) => {
      await secrets.offer(question, secret, keeper)
      return null
    },
    'secret.state': (question) => secrets.state(question),
    'secret.forget': async ({ profileId, kind }) => {
      await secrets.forget(profileId, kind)
      return null
    },
    'vault.state': () => vault.state,
    'vault.create': async ({ passphrase }) => {
      await vault.create(passphrase)
      return null
    },
    'vault.unlock': async ({ passphrase }) => ({ isRight: await vault.unlock(passphrase) }),
    'vault.lock': async () => {
      await vault.lock()
      return null
    },
    'vault.changePassphrase': async ({ before, passphrase }) => ({
      isRight: await vault.changePassphrase(before, passphrase),
    }),
    'vault.destroy': async () => {
      await vault.destroy()
      return null
    },
    'clipboard.write': async ({ text }) => {
      await clipboard.writeText(text) // a promise from Electron 45 on
      return null
    },
    'dialog.chooseMigrationFolder': async ({ profileId }) => {
      const folder = await chooseFolder(window, 'Folder with migrations')
      if (folder !== null) engine.tell({ type: 'migration folder', profileId, folder })
      return { chosen: folder !== null }
    },
    'dialog.chooseTlsFile': async ({ what }) => ({ file: await chooseTlsFile(window, what) }),
    'dialog.chooseConnectionFile': async () => {
      const path = await chooseConnectionFile(window)
      if (path === null) return { chosen: null }
      const token = randomUUID() as FileToken // branded here: this is where file tokens are minted
      engine.tell({ type: 'import file', token, path })
      return { chosen: { token } }
    },
    'dialog.chooseSshKey': async () => ({ file: await chooseSshKey(window) }),
    'dialog.chooseSaveFile': async ({ name, kind }) => {
      const path = await chooseSaveFile(window, name, kind)
      if (path === null) return { chosen: null }
      const token = randomUUID() as FileToken // branded here: this is where file tokens are minted
      engine.tell({ type: 'save file', token, path })
      return { chosen: { token, name: basename(path) } }
    },
    'window.minimize': () => {
      window.minimize()
      return null
    },
    'window.toggleMaximize': () => {
      if (window.isMaximized()) window.unmaximize()
      else window.maximize()
      return null
    },
    'window.close': () => {
      window.close()
      return null
    },
    'window.guard': ({ isGuarded }) => {
      guardOf(window)?.setGuarded(isGuarded)
      return null
    },
    'window.hold': () => {
      guardOf(window)?.hold()
      return null
    },
    'window.closeForGood': () => {
      guardOf(window)?.release()
      window.close()
      return null
    },
  })
}
