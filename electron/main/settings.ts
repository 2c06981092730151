import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { nativeTheme } from 'electron'
import type { Theme } from '../../contract/contract'

/** Settings of the app itself: few, small, and never worth refusing to start for. */
export class Settings {
  private readonly file: string

  /** Reads the settings and puts them into force. */
  constructor(file: string) {
    this.file = file
    nativeTheme.themeSource = this.theme
  }

  /** The colours chosen last. */
  get theme(): Theme {
    try {
      const value: unknown = JSON.parse(readFileSync(this.file, 'utf8'))
      const theme = typeof value === 'object' && value !== null && 'theme' in value ? value.theme : null
      return theme === 'light' || theme === 'dark' ? theme : 'system'
    } catch {
      return 'system'
    }
  }

  /** Chooses the colours, now and for the next start. */
  setTheme(theme: Theme): void {
    nativeTheme.themeSource = theme
    writePrivately(this.file, JSON.stringify({ theme }))
  }
}

/** Puts a file in the place of an older one in one step, mode 0600. */
export function writePrivately(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.new`
  const descriptor = openSync(temporary, 'w', 0o600)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(temporary, file)
}
