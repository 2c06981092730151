/** Messages of ours that the server answers in their order: Parse, Bind, Describe, Execute, Close, Sync and Query. */
const ANSWERED: ReadonlySet<number> = new Set([...'PBDECSQ'].map((letter) => letter.charCodeAt(0)))

const SYNC = 83 // 'S'
const QUERY = 81 // 'Q'

/** What the server has been asked and has not answered yet, in order. */
export class AskedFrames {
  private frames: number[] = []
  private head = 0

  /** Notes messages that are sent to the server. */
  note(bytes: Uint8Array): void {
    for (let at = 0; at + 5 <= bytes.length; ) {
      const type = bytes[at] as number
      if (ANSWERED.has(type)) this.frames.push(type)
      at += 1 + new DataView(bytes.buffer, bytes.byteOffset + at + 1, 4).getUint32(0)
    }
  }

  /** The type of the message that is answered next; 0 when none is. */
  get next(): number {
    return this.frames[this.head] ?? 0
  }

  /** The next one has been answered. */
  answer(): void {
    this.head += 1
    if (this.head < this.frames.length) return
    this.frames = []
    this.head = 0
  }

  /** An error has answered all there is up to where the server is ready again. */
  fail(): void {
    while (this.next !== 0 && this.next !== SYNC && this.next !== QUERY) this.answer()
  }
}
