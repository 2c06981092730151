import { join } from 'node:path'
import { app, type BrowserWindow, dialog } from 'electron'
import type { TlsFile } from '../../contract/tls-file'
import type { FileKind } from '../../contract/transfer'

/** Asks for a folder with the system's dialog; null when dismissed. */
export async function chooseFolder(window: BrowserWindow, title: string): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title,
    properties: ['openDirectory', 'createDirectory'],
  })
  return canceled ? null : (filePaths[0] ?? null)
}

const TLS_FILES: Readonly<
  Record<TlsFile, { readonly title: string; readonly name: string; readonly extensions: string[] }>
> = {
  rootCertificate: { title: 'CA file', name: 'Certificates', extensions: ['pem', 'crt', 'cer', 'ca-bundle'] },
  clientCertificate: { title: 'Client certificate', name: 'Certificates', extensions: ['pem', 'crt', 'cer'] },
  clientKey: { title: 'Client key', name: 'Private keys', extensions: ['pem', 'key', 'der', 'pk8'] },
  revocationList: { title: 'Revocation list', name: 'Revocation lists', extensions: ['pem', 'crl'] },
}

/** Asks for a file of TLS with the system's dialog; null when dismissed. */
export async function chooseTlsFile(window: BrowserWindow, what: TlsFile): Promise<string | null> {
  const { title, name, extensions } = TLS_FILES[what]
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title,
    properties: ['openFile', 'showHiddenFiles'],
    filters: [
      { name, extensions },
      { name: 'All files', extensions: ['*'] },
    ],
  })
  return canceled ? null : (filePaths[0] ?? null)
}

/** Asks for a file with connections with the system's dialog; null when dismissed. */
export async function chooseConnectionFile(window: BrowserWindow): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: 'Import connections',
    // Files such as .env begin with a dot, and many have no ending by which they could be filtered.
    properties: ['openFile', 'showHiddenFiles'],
  })
  return canceled ? null : (filePaths[0] ?? null)
}

/** Asks for the private key of an SSH user with the system's dialog, which begins in `~/.ssh`; null when dismissed. */
export async function chooseSshKey(window: BrowserWindow): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: 'Private key',
    defaultPath: join(app.getPath('home'), '.ssh'),
    properties: ['openFile', 'showHiddenFiles'],
  })
  return canceled ? null : (filePaths[0] ?? null)
}

const KINDS: Readonly<Record<FileKind, string>> = {
  csv: 'CSV',
  tsv: 'Tab-separated values',
  json: 'JSON',
  md: 'Markdown',
  sql: 'SQL',
  txt: 'Text',
  bin: 'Bytes',
}

/** Asks for a file to save with the system's dialog, which asks before one is replaced; null when dismissed. */
export async function chooseSaveFile(window: BrowserWindow, name: string, kind: FileKind): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    defaultPath: join(app.getPath('documents'), name),
    filters: [
      { name: KINDS[kind], extensions: [kind] },
      { name: 'All files', extensions: ['*'] },
    ],
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  })
  return canceled || filePath === '' ? null : filePath
}
