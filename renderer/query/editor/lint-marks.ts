import { type LintFinding, lockInWords } from '../../../contract/lint'
import { monaco } from './monaco'

/** What was found in a text, as long as it is that text. */
interface Known {
  readonly version: number
  readonly findings: readonly LintFinding[]
}

const OWNER = 'lint'
const SWITCH_OFF = 'strata.switchOffRule'
const known = new WeakMap<monaco.editor.ITextModel, Known>()

const SEVERITY = {
  error: monaco.MarkerSeverity.Error,
  warning: monaco.MarkerSeverity.Warning,
  note: monaco.MarkerSeverity.Info,
} as const

/** Underlines what was found in a text and writes the lock beside it; answers with the decorations for the lines. */
export function markFindings(
  model: monaco.editor.ITextModel,
  findings: readonly LintFinding[],
): monaco.editor.IModelDeltaDecoration[] {
  known.set(model, { version: model.getVersionId(), findings })
  monaco.editor.setModelMarkers(
    model,
    OWNER,
    findings.map((finding) => ({
      ...rangeOf(model, finding),
      severity: SEVERITY[finding.severity],
      message: messageOf(finding),
      code: finding.rule,
    })),
  )
  return besideLines(model, findings)
}

/** Text edits of a finding, when the text is still the one in which it was found. */
export function fixOf(
  model: monaco.editor.ITextModel,
  finding: LintFinding,
): monaco.editor.IIdentifiedSingleEditOperation[] {
  if (finding.fix === null || known.get(model)?.version !== model.getVersionId()) return []
  return finding.fix.edits.map(({ from, to, text }) => ({ range: between(model, from, to), text }))
}

/** Puts an empty switch-off line above a statement, with the caret where its reason belongs. */
export function switchOff(editor: monaco.editor.ICodeEditor, finding: LintFinding): void {
  const model = editor.getModel()
  if (model === null || finding.switchOffAt === null || known.get(model)?.version !== model.getVersionId()) return
  const { lineNumber, column } = model.getPositionAt(finding.switchOffAt)
  const line = model.getLineContent(lineNumber)
  const indent = /^\s*/.exec(line)?.[0] ?? ''
  const comment = `${column === 1 ? indent : ''}-- lint: off ${finding.rule}: `
  editor.pushUndoStop()
  editor.executeEdits('lint', [
    { range: new monaco.Range(lineNumber, column, lineNumber, column), text: `${comment}${model.getEOL()}` },
  ])
  editor.pushUndoStop()
  editor.setPosition({ lineNumber, column: column + comment.length })
  editor.revealLineInCenterIfOutsideViewport(lineNumber)
  editor.focus()
}

function messageOf(finding: LintFinding): string {
  const { title, reason, safer } = finding
  const locks = lockInWords(finding) ?? ''
  return [title, locks, reason, safer === '' ? '' : `Safer: ${safer}`].filter((part) => part !== '').join('\n')
}

/** The first line of a statement: a long one would be underlined whole. */
function rangeOf(model: monaco.editor.ITextModel, { from, to }: LintFinding): monaco.Range {
  const start = model.getPositionAt(from)
  const end = model.getPositionAt(to)
  const isOneLine = end.lineNumber === start.lineNumber
  return new monaco.Range(
    start.lineNumber,
    start.column,
    start.lineNumber,
    isOneLine ? Math.max(end.column, start.column + 1) : model.getLineMaxColumn(start.lineNumber),
  )
}

function besideLines(
  model: monaco.editor.ITextModel,
  findings: readonly LintFinding[],
): monaco.editor.IModelDeltaDecoration[] {
  const lines = new Map<number, string>()
  for (const finding of findings) {
    const words = lockInWords(finding)
    const { lineNumber } = model.getPositionAt(finding.from)
    if (words !== null && !lines.has(lineNumber)) lines.set(lineNumber, words)
  }
  return [...lines].map(([lineNumber, words]) => {
    const column = model.getLineMaxColumn(lineNumber)
    return {
      range: new monaco.Range(lineNumber, column, lineNumber, column),
      options: {
        showIfCollapsed: true,
        after: {
          content: `    ${words}`,
          inlineClassName: 'lint-beside',
          cursorStops: monaco.editor.InjectedTextCursorStops.None,
        },
      },
    }
  })
}

function between(model: monaco.editor.ITextModel, from: number, to: number): monaco.Range {
  return monaco.Range.fromPositions(model.getPositionAt(from), model.getPositionAt(to))
}

function editorOf(model: monaco.editor.ITextModel): monaco.editor.ICodeEditor | undefined {
  return monaco.editor.getEditors().find((editor) => editor.getModel() === model)
}

monaco.editor.registerCommand(SWITCH_OFF, (_, uri: monaco.Uri, at: number, rule: string) => {
  const model = monaco.editor.getModel(uri)
  const editor = model === null ? undefined : editorOf(model)
  const finding =
    model === null ? undefined : known.get(model)?.findings.find((one) => one.rule === rule && one.from === at)
  if (editor !== undefined && finding !== undefined) switchOff(editor, finding)
})

monaco.languages.registerCodeActionProvider('pgsql', {
  provideCodeActions(model, range, { markers }) {
    const found = known.get(model)
    const actions: monaco.languages.CodeAction[] = []
    if (found?.version !== model.getVersionId()) return { actions, dispose: () => {} }
    for (const finding of found.findings) {
      if (!monaco.Range.areIntersectingOrTouching(rangeOf(model, finding), range)) continue
      const diagnostics = markers.filter(({ code }) => code === finding.rule)
      const edits = fixOf(model, finding)
      if (finding.fix !== null && edits.length > 0) {
        actions.push({
          title: finding.fix.label,
          kind: 'quickfix',
          diagnostics,
          isPreferred: true,
          edit: {
            edits: edits.map(({ range: place, text }) => ({
              resource: model.uri,
              versionId: model.getVersionId(),
              textEdit: { range: place, text: text ?? '' },
            })),
          },
        })
      }
      if (finding.switchOffAt === null) continue
      const title = `Switch off ${finding.rule}…`
      const command = { id: SWITCH_OFF, title, arguments: [model.uri, finding.from, finding.rule] }
      actions.push({ title, kind: 'quickfix', diagnostics, command })
    }
    return { actions, dispose: () => {} }
  },
})
