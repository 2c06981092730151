import { setTimeout as wait } from 'node:timers/promises'
import type { FileToken } from '../../../contract/transfer'
import { refusal } from '../failure-error'

/** Files that the user chose and nobody has written to yet. */
const MOST_WAITING = 50
/** Milliseconds that a token is waited for: the window's question may overtake the shell's message. */
const WAIT_MS = 2_000
const LOOK_EVERY_MS = 10

/** The paths that the user chose in the system's dialog, by the tokens that stand for them in the window. */
export class SaveTargets {
  private readonly paths = new Map<string, string>()

  /** Notes what the shell says; the oldest is forgotten when there are too many. */
  note(token: string, path: string): void {
    this.paths.set(token, path)
    const [oldest] = this.paths.keys()
    if (this.paths.size > MOST_WAITING && oldest !== undefined) this.paths.delete(oldest)
  }

  /** The path of a token, once; refused when the user chose none. */
  async take(token: FileToken): Promise<string> {
    for (const deadline = performance.now() + WAIT_MS; ; await wait(LOOK_EVERY_MS)) {
      const path = this.paths.get(token)
      this.paths.delete(token)
      if (path !== undefined) return path
      if (performance.now() > deadline) throw refusal('token', 'No file was chosen. Choose one again.')
    }
  }
}
