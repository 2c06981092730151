import type { TextRange } from '../../../contract/query'
import { monaco } from './monaco'

/** An error to be shown at its place. */
export interface ShownError {
  readonly place: TextRange | null
  /** Range of the failed statement. */
  readonly statement: TextRange
  readonly message: string
}

/** Who underlined something: a run of this tab, or a migration that failed in this file. */
export type MarkOwner = 'run' | 'migration'

/** Underlines a range of a text, in UTF-16 units; an empty one still gets a character, e.g. at the end of the input. */
export function setMark(model: monaco.editor.ITextModel, owner: MarkOwner, place: TextRange, message: string): void {
  const start = model.getPositionAt(place.from)
  const end = model.getPositionAt(Math.max(place.to, place.from))
  const isEmpty = end.column === start.column && end.lineNumber === start.lineNumber
  monaco.editor.setModelMarkers(model, owner, [
    {
      severity: monaco.MarkerSeverity.Error,
      message,
      startLineNumber: start.lineNumber,
      startColumn: start.column,
      endLineNumber: end.lineNumber,
      endColumn: isEmpty ? start.column + 1 : end.column,
    },
  ])
}

/** Takes an owner's underlines away. */
export function clearMarks(model: monaco.editor.ITextModel, owner: MarkOwner): void {
  monaco.editor.setModelMarkers(model, owner, [])
}
