import type { BrowserWindow } from 'electron'

/** Milliseconds that a page has to say that it asks; one that does not is hung, and must not keep the window open. */
const ANSWER_LIMIT_MS = 3_000

/** Keeps a window open while its page has something to lose, until the page has asked the user. */
export class CloseGuard {
  private readonly window: BrowserWindow
  private readonly announceClosing: () => void
  private isGuarded = false
  private isSure = false
  private waiting: NodeJS.Timeout | null = null

  constructor(window: BrowserWindow, announceClosing: () => void) {
    this.window = window
    this.announceClosing = announceClosing
    window.on('close', (event) => {
      if (!this.holds) return
      event.preventDefault()
      this.ask()
    })
    window.on('closed', () => this.stopWaiting())
    // A new page says anew what it has to lose.
    window.webContents.on('render-process-gone', () => this.setGuarded(false))
    window.webContents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) this.setGuarded(false)
    })
  }

  /** Whether closing the window is asked about first. */
  get holds(): boolean {
    return this.isGuarded && !this.isSure && !this.window.webContents.isCrashed()
  }

  /** Notes whether the page has something to lose. */
  setGuarded(isGuarded: boolean): void {
    this.isGuarded = isGuarded
  }

  /** The page asks the user: it is alive, and the window stays. */
  hold(): void {
    this.stopWaiting()
  }

  /** Asks no more: the next close closes. */
  release(): void {
    this.isSure = true
    this.stopWaiting()
  }

  private ask(): void {
    this.stopWaiting()
    this.waiting = setTimeout(() => {
      this.release()
      if (!this.window.isDestroyed()) this.window.destroy()
    }, ANSWER_LIMIT_MS)
    this.announceClosing()
  }

  private stopWaiting(): void {
    if (this.waiting !== null) clearTimeout(this.waiting)
    this.waiting = null
  }
}
