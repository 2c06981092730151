import { randomUUID } from 'node:crypto'
import type { ProfileId } from '../../../contract/profile'
import type { ResultId } from '../../../contract/query'
import { refusal } from '../failure-error'
import type { RawColumn } from '../session/raw-query'
import { READING_LIMITS, type ReadingLimits } from './reading-limits'
import { RESULT_MEMORY_BYTES, ResultStore, type StoreOptions } from './result-store'

/** A result that is kept. */
export interface KeptResult {
  readonly store: ResultStore
  readonly columnCount: number
  /** Names and types of the columns; rows are kept without knowing them. */
  readonly columns: readonly RawColumn[]
  readonly profileId: ProfileId
}

/** How all results are kept and read. */
export interface ResultOptions extends StoreOptions {
  readonly limits: ReadingLimits
}

/** The kept rows of all results, found by id until they are released. */
export class ResultRegistry {
  private readonly options: ResultOptions
  private readonly results = new Map<ResultId, KeptResult>()
  private readonly paused = new Map<ResultId, () => void>()
  /** How many read a result to its end; its rows stay for them when it is released. */
  private readonly readers = new Map<KeptResult, number>()

  /** Without options everything stays in memory. */
  constructor(options: Partial<ResultOptions> = {}) {
    this.options = { spillFolder: null, memoryBytes: RESULT_MEMORY_BYTES, limits: READING_LIMITS, ...options }
  }

  /** How much of a result is read before somebody has to say that it should go on. */
  get limits(): ReadingLimits {
    return this.options.limits
  }

  /** A new, empty result that belongs to a profile. */
  create(
    profileId: ProfileId,
    columnCount: number,
    columns: readonly RawColumn[] = [],
  ): { readonly id: ResultId; readonly store: ResultStore } {
    const id = randomUUID() as ResultId // branded here: this is where result ids are minted
    const store = new ResultStore(this.options)
    this.results.set(id, { store, columnCount, columns, profileId })
    return { id, store }
  }

  /** The rows of a result; refused when it has been released. */
  get(id: ResultId): KeptResult {
    const kept = this.results.get(id)
    if (kept === undefined) throw refusal('resultId', 'These rows are not kept any more. Run the statement again.')
    return kept
  }

  /** Notes how the reading of a result goes on that has paused at a limit; null once it has gone on or ended. */
  notePause(id: ResultId, goOn: (() => void) | null): void {
    if (goOn === null) this.paused.delete(id)
    else this.paused.set(id, goOn)
  }

  /** Reads on after a pause at a limit; refused when the result is not paused. */
  continueReading(id: ResultId): void {
    const goOn = this.paused.get(id)
    if (goOn === undefined)
      throw refusal('resultId', 'The reading of this result is not paused: it has ended meanwhile.')
    goOn()
  }

  /** Does work that reads the rows to their end: until then they stay, also when the result is released. A profile that is closed frees them all the same. */
  async whileReading<T>(id: ResultId, work: () => Promise<T>): Promise<T> {
    const kept = this.get(id)
    this.readers.set(kept, (this.readers.get(kept) ?? 0) + 1)
    try {
      return await work()
    } finally {
      const others = (this.readers.get(kept) ?? 1) - 1
      if (others > 0) this.readers.set(kept, others)
      else {
        this.readers.delete(kept)
        if (this.results.get(id) !== kept) kept.store.release()
      }
    }
  }

  /** Frees results; unknown ids are ignored. */
  release(ids: readonly ResultId[]): void {
    for (const id of ids) {
      const kept = this.results.get(id)
      this.results.delete(id)
      this.paused.delete(id)
      if (kept !== undefined && !this.readers.has(kept)) kept.store.release()
    }
  }

  /** Frees every result of a profile. */
  releaseProfile(profileId: ProfileId): void {
    this.free((kept) => kept.profileId === profileId)
  }

  /** Frees everything. */
  releaseAll(): void {
    this.free(() => true)
  }

  private free(isUnwanted: (kept: KeptResult) => boolean): void {
    this.release([...this.results].filter(([, kept]) => isUnwanted(kept)).map(([id]) => id))
    for (const kept of this.readers.keys()) if (isUnwanted(kept)) kept.store.release()
  }
}
