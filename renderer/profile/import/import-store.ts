import { createStore } from 'zustand/vanilla'
import type { Failure } from '../../../contract/failure'
import type { Finding, FindingToken, ImportReading } from '../../../contract/import'
import type { Environment } from '../../../contract/profile'

/** What the person wants to become of a finding. */
export interface ImportChoice {
  readonly isChosen: boolean
  readonly name: string
  readonly environment: Environment
  /** False leaves the found password behind. */
  readonly keepsSecrets: boolean
}

/** The dialog "Import connection". */
export type ImportState =
  | { readonly type: 'closed' }
  /** Waiting for a text or a file; `failure` says why the last one could not be read. */
  | { readonly type: 'asking'; readonly text: string; readonly failure: Failure | null }
  | { readonly type: 'reading'; readonly text: string; readonly attempt: number }
  | {
      readonly type: 'found'
      readonly reading: ImportReading
      readonly choices: ReadonlyMap<FindingToken, ImportChoice>
      readonly failure: Failure | null
    }
  | {
      readonly type: 'saving'
      readonly reading: ImportReading
      readonly choices: ReadonlyMap<FindingToken, ImportChoice>
    }

/** What happened, in the past tense. */
export type ImportEvent =
  | { readonly type: 'opened' }
  | { readonly type: 'textEdited'; readonly text: string }
  | { readonly type: 'readingStarted'; readonly attempt: number }
  | { readonly type: 'readingEnded'; readonly attempt: number; readonly reading: ImportReading }
  | { readonly type: 'readingFailed'; readonly attempt: number; readonly failure: Failure }
  | { readonly type: 'sourceLeft' }
  | { readonly type: 'choiceEdited'; readonly token: FindingToken; readonly change: Partial<ImportChoice> }
  | { readonly type: 'savingStarted' }
  | { readonly type: 'savingFailed'; readonly failure: Failure }
  | { readonly type: 'closed' }

/** The state after an event. */
export function reduceImport(state: ImportState, event: ImportEvent): ImportState {
  switch (event.type) {
    case 'opened':
      return state.type === 'closed' ? { type: 'asking', text: '', failure: null } : state
    case 'textEdited':
      return state.type === 'asking' ? { type: 'asking', text: event.text, failure: null } : state
    case 'readingStarted':
      return state.type === 'asking' ? { type: 'reading', text: state.text, attempt: event.attempt } : state
    case 'readingEnded': {
      if (state.type !== 'reading' || state.attempt !== event.attempt) return state
      const { reading } = event
      const choices = new Map(reading.findings.map((finding) => [finding.token, firstChoice(finding)]))
      return { type: 'found', reading, choices, failure: null }
    }
    case 'readingFailed':
      if (state.type !== 'reading' || state.attempt !== event.attempt) return state
      return { type: 'asking', text: state.text, failure: event.failure }
    case 'sourceLeft':
      return state.type === 'found' ? { type: 'asking', text: '', failure: null } : state
    case 'choiceEdited': {
      const before = state.type === 'found' ? state.choices.get(event.token) : undefined
      if (state.type !== 'found' || before === undefined) return state
      return {
        ...state,
        choices: new Map(state.choices).set(event.token, { ...before, ...event.change }),
        failure: null,
      }
    }
    case 'savingStarted':
      return state.type === 'found' ? { type: 'saving', reading: state.reading, choices: state.choices } : state
    case 'savingFailed':
      return state.type === 'saving' ? { ...state, type: 'found', failure: event.failure } : state
    case 'closed':
      return { type: 'closed' }
  }
}

/** True when the finding says all that a profile needs. */
export function isWhole(finding: Finding): boolean {
  return finding.missing.length === 0
}

/** Chosen at first: what is whole, without doubts, and not saved already. */
function firstChoice(finding: Finding): ImportChoice {
  const { name, environment, problems, savedAs } = finding
  const isChosen = isWhole(finding) && problems.length === 0 && savedAs === null
  return { isChosen, name, environment, keepsSecrets: true }
}

/** The window's one store of the import. */
export const importStore = createStore<ImportState>(() => ({ type: 'closed' }))

/** Notes that something happened. */
export function tellImport(event: ImportEvent): void {
  importStore.setState((state) => reduceImport(state, event), true)
}
