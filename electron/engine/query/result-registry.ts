import { randomUUID } from 'node:crypto'
import type { ProfileId } from '../../../contract/profile'
import type { ResultId } from '../../../contract/query'
import { refusal } from '../failure-error'
import type { RawColumn } from './raw-query'
import { ResultStore } from './result-store'

/** A result that is kept. */
export interface KeptResult {
  readonly store: ResultStore
  readonly columnCount: number
  /** Names and types of the columns; rows are kept without knowing them. */
  readonly columns: readonly RawColumn[]
  readonly profileId: ProfileId
}

/** The kept rows of all results, found by id until they are released. */
export class ResultRegistry {
  private readonly results = new Map<ResultId, KeptResult>()

  /** A new, empty result that belongs to a profile. */
  create(
    profileId: ProfileId,
    columnCount: number,
    columns: readonly RawColumn[] = [],
  ): { readonly id: ResultId; readonly store: ResultStore } {
    const id = randomUUID() as ResultId // branded here: this is where result ids are minted
    const store = new ResultStore()
    this.results.set(id, { store, columnCount, columns, profileId })
    return { id, store }
  }

  /** The rows of a result; refused when it has been released. */
  get(id: ResultId): KeptResult {
    const kept = this.results.get(id)
    if (kept === undefined) throw refusal('resultId', 'These rows are not kept any more. Run the statement again.')
    return kept
  }

  /** Frees results; unknown ids are ignored. */
  release(ids: readonly ResultId[]): void {
    for (const id of ids) {
      this.results.get(id)?.store.release()
      this.results.delete(id)
    }
  }

  /** Frees every result of a profile. */
  releaseProfile(profileId: ProfileId): void {
    this.release([...this.results].filter(([, kept]) => kept.profileId === profileId).map(([id]) => id))
  }
}
