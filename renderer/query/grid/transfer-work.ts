import { failureMessage } from '../../../contract/failure'
import type { TransferEvent } from '../../../contract/transfer'
import type { Work } from './grid-engine'
import { readableBytes, readableCount } from './visible-text'

/** A file that is being written, or was. */
export type TransferSituation =
  | { readonly kind: 'none' }
  | { readonly kind: 'writing'; readonly words: string }
  | { readonly kind: 'written'; readonly words: string }
  | { readonly kind: 'failed'; readonly words: string }

/** One file after the other: follows its writing, whoever looks, and stops it. What is said stays until the next begins. */
export class Transfer {
  readonly #listeners = new Set<() => void>()
  readonly #sayUnseen: (said: TransferSituation | null) => void
  #situation: TransferSituation = { kind: 'none' }
  #work: Work | null = null

  /** `sayUnseen` is told how it stands while nobody listens: its grid is not shown, or gone. Null takes that back. */
  constructor(sayUnseen: (said: TransferSituation | null) => void = () => {}) {
    this.#sayUnseen = sayUnseen
  }

  /** How it stands; another object whenever that changes. */
  readonly situation = (): TransferSituation => this.#situation

  /** Calls the listener after every change, until the answer is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    this.#sayUnseen(null)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0 && this.#work !== null) this.#sayUnseen(this.#situation)
    }
  }

  /** Begins a file, `what` being rows to count or one value; nothing while another is being written. */
  start(name: string, what: 'rows' | 'value', begin: (onEvent: (event: TransferEvent) => void) => Work): void {
    if (this.#work !== null) return
    this.#set({ kind: 'writing', words: `Writing ${name}` })
    const own = begin((event) => {
      if (this.#work !== own) return
      if (event.type === 'rowsWritten') this.#set({ kind: 'writing', words: wordsOf(`Writing ${name}`, what, event) })
      else this.#set({ kind: 'written', words: wordsOf(`Saved ${name}`, what, event) })
    })
    this.#work = own
    void own.ended.then((failure) => {
      if (this.#work !== own) return
      this.#work = null
      if (failure === null) return
      // The engine names the file where it is at fault; whatever else ends the writing does not know it.
      const isNamed = failure.kind === 'refused' || failure.kind === 'cancelled'
      const words = isNamed ? failureMessage(failure) : `${name} was not written: ${failureMessage(failure)}`
      this.#set({ kind: 'failed', words })
    })
  }

  /** Stops the writing, which leaves no file; true when there was some. */
  stop(): boolean {
    const wasRunning = this.#work !== null
    this.#work?.close()
    this.#work = null
    if (wasRunning) this.#set({ kind: 'failed', words: 'Stopped: no file was written' })
    return wasRunning
  }

  /** Takes away what was said; nothing while a file is being written. */
  forget(): void {
    if (this.#work === null) this.#set({ kind: 'none' })
  }

  #set(situation: TransferSituation): void {
    this.#situation = situation
    for (const listener of this.#listeners) listener()
    if (this.#listeners.size === 0) this.#sayUnseen(situation.kind === 'none' ? null : situation)
  }
}

function wordsOf(head: string, what: 'rows' | 'value', event: TransferEvent): string {
  const size = readableBytes(event.byteCount)
  if (what === 'value') return `${head}: ${size}`
  const rows = event.type === 'rowsWritten' ? event.total : event.rows
  const part = event.type === 'rowsWritten' ? `${readableCount(event.rows)} of ` : ''
  return `${head}: ${part}${readableCount(rows)} ${rows === 1 ? 'row' : 'rows'}, ${size}`
}
