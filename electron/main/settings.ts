import { readFileSync } from 'node:fs'
import { nativeTheme } from 'electron'
import type { Theme } from '../../contract/contract'
import { writePrivately } from './write-privately'

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
