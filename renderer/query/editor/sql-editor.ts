import type { LintFinding } from '../../../contract/lint'
import type { TextRange } from '../../../contract/query'
import { type ScriptScan, scanScript } from '../../../contract/script-scanner'
import { statementAt, tokenEnd } from '../../../contract/statement'
import type { TabId } from '../../../contract/workspace'
import { clearMarks, type ShownError, setMark } from './error-marks'
import { fixOf, markFindings, switchOff } from './lint-marks'
import { type LongScan, scanLongText } from './long-scan'
import { monaco } from './monaco'

type Model = monaco.editor.ITextModel

/** What the editor tells the pane. */
export interface EditorListener {
  changed(tabId: TabId, read: () => string): void
  caretMoved(tabId: TabId, offset: number): void
  /** The statement that Run would run, or the selection. */
  targetMoved(target: RunTarget): void
  /** The mark beside the statement was clicked. */
  runAsked(): void
}

/** What Run would run. */
export interface RunTarget {
  readonly kind: 'statement' | 'selection' | 'nothing'
  readonly range: TextRange | null
}

/** What is known of a text at one of its versions. */
interface KnownScan {
  readonly version: number
  readonly text: string
  readonly value: ScriptScan
}

interface Desk {
  readonly model: Model
  view: monaco.editor.ICodeEditorViewState | null
}

/** Above this the statements are found after a rest and in slices, not at every key. */
const LARGE_SCRIPT = 200_000
const REST_MS = 150

/** The SQL editor: one Monaco editor for all tabs, a model and a view for each. */
export class SqlEditor {
  private readonly editor: monaco.editor.IStandaloneCodeEditor
  private readonly listener: EditorListener
  private readonly desks = new Map<TabId, Desk>()
  private readonly current: monaco.editor.IEditorDecorationsCollection
  private readonly beside: monaco.editor.IEditorDecorationsCollection
  private tabId: TabId | null = null
  private scan: KnownScan | null = null
  private longScan: LongScan | null = null
  private resting = 0
  private zone: string | null = null
  private isFollowing = false
  /** What was last told and marked, to do neither twice. */
  private mark = ''
  private caret = -1

  constructor(host: HTMLElement, listener: EditorListener) {
    this.listener = listener
    this.editor = monaco.editor.create(host, {
      model: null,
      ariaLabel: 'SQL editor',
      fontFamily: '"JetBrains Mono", ui-monospace, Consolas, monospace',
      fontSize: 12.5,
      lineHeight: 20,
      fontLigatures: false,
      minimap: { enabled: false },
      lineNumbersMinChars: 4,
      lineDecorationsWidth: 8,
      glyphMargin: true,
      folding: false,
      renderLineHighlight: 'none',
      scrollBeyondLastLine: false,
      automaticLayout: true,
      fixedOverflowWidgets: true,
      padding: { top: 6, bottom: 6 },
      links: false,
      renderControlCharacters: true,
      pasteAs: { enabled: false },
      dropIntoEditor: { enabled: false },
      overviewRulerLanes: 2,
      hideCursorInOverviewRuler: true,
      scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
      stickyScroll: { enabled: false },
      occurrencesHighlight: 'off',
      quickSuggestions: { other: true, comments: false, strings: false },
      tabSize: 2,
      // Colour is for meaning: brackets have none. Models take this from the dotted name only.
      ...{ 'bracketPairColorization.enabled': false },
      contextmenu: true,
    })
    this.current = this.editor.createDecorationsCollection()
    this.beside = this.editor.createDecorationsCollection()
    this.editor.addAction({
      id: 'strata.quickFix',
      label: 'Quick fix…',
      keybindings: [monaco.KeyMod.Alt | monaco.KeyCode.Enter],
      contextMenuGroupId: '1_modification',
      run: (editor) => editor.trigger('keyboard', 'editor.action.quickFix', null),
    })
    this.editor.onDidChangeCursorSelection(() => this.follow())
    this.editor.onDidChangeModelContent(() => {
      const { tabId } = this
      if (tabId === null) return
      const model = this.editor.getModel()
      if (model !== null) clearMarks(model, 'migration')
      listener.changed(tabId, () => this.textOf(this.desks.get(tabId)?.model ?? null))
      this.followLater()
    })
    // A zone is as wide as the longest line and scrolls with it; what it shows must stay inside what can be seen.
    const { style } = this.editor.getContainerDomNode()
    this.editor.onDidLayoutChange((layout) => style.setProperty('--seen-width', `${layout.contentWidth}px`))
    this.editor.onDidScrollChange((scroll) => style.setProperty('--seen-from', `${scroll.scrollLeft}px`))
    style.setProperty('--seen-width', `${this.editor.getLayoutInfo().contentWidth}px`)
    this.editor.onMouseDown((event) => {
      if (event.target.type === monaco.editor.MouseTargetType.GUTTER_GLYPH_MARGIN) {
        const isRunMark = event.target.element?.classList.contains('statement-mark') ?? false
        if (isRunMark) listener.runAsked()
      }
    })
  }

  /** Shows a tab; `text` and `caret` are used when it is shown for the first time. */
  show(tabId: TabId, text: string, caret: number): void {
    if (this.tabId === tabId) return
    this.rememberView()
    let desk = this.desks.get(tabId)
    const isNew = desk === undefined
    if (desk === undefined) {
      desk = { model: monaco.editor.createModel(text, 'pgsql'), view: null }
      this.desks.set(tabId, desk)
    }
    this.tabId = tabId
    this.forgetScan()
    this.editor.setModel(desk.model)
    if (desk.view !== null) this.editor.restoreViewState(desk.view)
    else if (isNew) {
      const position = desk.model.getPositionAt(Math.min(caret, desk.model.getValueLength()))
      this.editor.setPosition(position)
      this.editor.revealPositionInCenterIfOutsideViewport(position)
    }
    this.follow()
  }

  /** Forgets a tab that was closed. */
  forget(tabId: TabId): void {
    const desk = this.desks.get(tabId)
    this.desks.delete(tabId)
    if (this.tabId === tabId) {
      this.tabId = null
      this.forgetScan()
      this.editor.setModel(null)
    }
    desk?.model.dispose()
  }

  /** Forgets every tab. */
  clear(): void {
    for (const tabId of [...this.desks.keys()]) this.forget(tabId)
  }

  /** Text of the shown tab. */
  text(): string {
    return this.textOf(this.editor.getModel())
  }

  /** Puts a text in the place of the shown one; it can be undone. */
  replaceText(text: string): void {
    const model = this.editor.getModel()
    if (model === null || model.getValue() === text) return
    model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null)
  }

  /** The shown text and what Run would run of it now, once a long text has been read; null when another is shown by then. */
  async readTarget(): Promise<{ readonly text: string; readonly target: RunTarget } | null> {
    const model = this.editor.getModel()
    if (model === null) return null
    while (this.editor.getModel() === model) {
      const target = this.target()
      if (target !== null) return { text: this.textOf(model), target }
      await this.readLongText(model) // and again when it was edited meanwhile
    }
    return null
  }

  /** What Run would run now: the selection where there is one, else the statement at the caret. Null while a long text is being read. */
  private target(): RunTarget | null {
    const model = this.editor.getModel()
    const selection = this.editor.getSelection()
    if (model === null || selection === null) return { kind: 'nothing', range: null }
    if (!selection.isEmpty()) {
      const from = model.getOffsetAt(selection.getStartPosition())
      const to = model.getOffsetAt(selection.getEndPosition())
      return { kind: 'selection', range: { from, to } }
    }
    const offset = model.getOffsetAt(selection.getPosition())
    const scan = this.scanOf(model)
    if (scan === null) return null
    const found = statementAt(scan.text, scan.value.statements, offset)
    return found === null
      ? { kind: 'nothing', range: null }
      : { kind: 'statement', range: { from: found.from, to: found.to } }
  }

  /** Underlines an error in a tab, or clears it with null. Editing moves the underline with its text. */
  markError(tabId: TabId, error: ShownError | null): void {
    const model = this.desks.get(tabId)?.model
    if (model === undefined) return
    clearMarks(model, 'run')
    if (error === null) return
    const place = error.place ?? { from: error.statement.from, to: error.statement.from + 1 }
    setMark(model, 'run', place, error.message)
  }

  /** Underlines the token at an offset of the shown tab until its text is edited: where a migration failed. */
  markPlace(offset: number, message: string): void {
    const model = this.editor.getModel()
    if (model !== null) setMark(model, 'migration', { from: offset, to: tokenEnd(model.getValue(), offset) }, message)
  }

  /** Underlines what was found in the shown tab's text, when it is still that text; null takes it away. */
  showFindings(text: string | null, findings: readonly LintFinding[]): void {
    const model = this.editor.getModel()
    if (model === null || (text !== null && this.textOf(model) !== text)) return
    this.beside.set(markFindings(model, findings))
  }

  /** Changes the shown text to the safer way of a finding; one undo takes it back. */
  applyFix(finding: LintFinding): void {
    const model = this.editor.getModel()
    const edits = model === null ? [] : fixOf(model, finding)
    if (edits.length === 0) return
    this.editor.pushUndoStop()
    this.editor.executeEdits('lint', edits)
    this.editor.pushUndoStop()
    this.editor.focus()
  }

  /** Begins a comment that switches a finding off; its reason is the user's to write. */
  switchOff(finding: LintFinding): void {
    switchOff(this.editor, finding)
  }

  /** Opens room of a height under an offset of the shown tab and puts an element there; null closes it. */
  setZone(zone: { readonly element: HTMLElement; readonly offset: number; readonly height: number } | null): void {
    this.editor.changeViewZones((accessor) => {
      if (this.zone !== null) accessor.removeZone(this.zone)
      this.zone = null
      const model = this.editor.getModel()
      if (zone === null || model === null) return
      const afterLineNumber = model.getPositionAt(zone.offset).lineNumber
      this.zone = accessor.addZone({ afterLineNumber, domNode: zone.element, heightInPx: zone.height })
    })
  }

  /** Brings an offset into sight and puts the caret there. */
  reveal(offset: number): void {
    const model = this.editor.getModel()
    if (model === null) return
    const position = model.getPositionAt(offset)
    this.editor.setPosition(position)
    this.editor.revealPositionInCenterIfOutsideViewport(position)
  }

  /** Offset of a line and column from 1 in the shown tab. */
  offsetAt(line: number, column: number): number {
    return this.editor.getModel()?.getOffsetAt({ lineNumber: line, column }) ?? 0
  }

  /** Line and column from 1 of an offset in the shown tab. */
  placeOf(offset: number): { readonly line: number; readonly column: number } {
    const position = this.editor.getModel()?.getPositionAt(offset)
    return { line: position?.lineNumber ?? 1, column: position?.column ?? 1 }
  }

  /** Puts the keyboard's focus into the text. */
  focus(): void {
    this.editor.focus()
  }

  /** Puts a text in the place of the selection, or at the caret; one undo takes it away. */
  insert(text: string): void {
    const selection = this.editor.getSelection()
    if (selection === null) return
    this.editor.pushUndoStop()
    this.editor.executeEdits('history', [{ range: selection, text, forceMoveMarkers: true }])
    this.editor.pushUndoStop()
  }

  /** Puts away what Monaco suggests: nothing is being written now. */
  closeSuggestions(): void {
    this.editor.trigger('run', 'hideSuggestWidget', null)
  }

  /** Adds a deed to the editor's context menu; its keys are the window's. */
  addMenuAction(id: string, label: string, run: () => void): void {
    this.editor.addAction({ id, label, contextMenuGroupId: '1_modification', run })
  }

  /** Opens Monaco's own search. */
  find(): void {
    this.editor.focus()
    this.editor.trigger('keyboard', 'actions.find', null)
  }

  /** Chooses the colours. */
  setTheme(theme: 'light' | 'dark'): void {
    monaco.editor.setTheme(`strata-${theme}`)
  }

  /** Ends the editor and frees the texts. */
  dispose(): void {
    this.forgetScan()
    this.clear()
    this.editor.dispose()
  }

  /** The text as it was scanned last, where that still is the text: a long one takes a while to put together. */
  private textOf(model: Model | null): string {
    if (model !== null && model === this.editor.getModel() && this.scan?.version === model.getVersionId())
      return this.scan.text
    return model?.getValue() ?? ''
  }

  private scanOf(model: Model): KnownScan | null {
    const version = model.getVersionId()
    if (this.scan?.version !== version) {
      if (model.getValueLength() >= LARGE_SCRIPT) return null
      const text = model.getValue()
      this.scan = { version, text, value: scanScript(text) }
    }
    return this.scan
  }

  /** Reads and scans a long text while the window goes on; null when it is changed or left meanwhile. */
  private async readLongText(model: Model): Promise<KnownScan | null> {
    const version = model.getVersionId()
    if (this.longScan?.version !== version) {
      this.longScan?.stop()
      this.longScan = scanLongText(model)
    }
    const scan = await this.longScan.done
    if (scan === null || model !== this.editor.getModel() || model.getVersionId() !== version) return null
    this.longScan = null
    this.scan = scan
    return scan
  }

  private forgetScan(): void {
    this.longScan?.stop()
    this.longScan = null
    this.scan = null
  }

  private followLater(): void {
    const model = this.editor.getModel()
    if (model === null || model.getValueLength() < LARGE_SCRIPT) {
      this.follow()
      return
    }
    this.forgetScan()
    window.clearTimeout(this.resting)
    this.resting = window.setTimeout(() => this.follow(), REST_MS)
  }

  /**
   * Marks the statement that Run would run, after the event that asks for it: Monaco tells of the caret again while decorations are set,
   * and in very long lines it never stops.
   */
  private follow(): void {
    if (this.isFollowing) return
    this.isFollowing = true
    queueMicrotask(() => {
      this.isFollowing = false
      this.markTarget()
    })
  }

  private markTarget(): void {
    const model = this.editor.getModel()
    const position = this.editor.getPosition()
    const { tabId } = this
    if (model === null || tabId === null || position === null) return
    const offset = model.getOffsetAt(position)
    if (offset !== this.caret) {
      this.caret = offset
      this.listener.caretMoved(tabId, offset)
    }
    const target = this.target()
    if (target === null) {
      // The mark stays with its text until the statements are known again.
      window.clearTimeout(this.resting)
      this.resting = window.setTimeout(
        () => void this.readLongText(model).then((scan) => scan !== null && this.follow()),
        REST_MS,
      )
      return
    }
    const mark = `${tabId} ${model.getVersionId()} ${target.kind} ${target.range?.from} ${target.range?.to}`
    if (mark === this.mark) return
    this.mark = mark
    this.listener.targetMoved(target)
    if (target.kind !== 'statement' || target.range === null) {
      this.current.clear()
      return
    }
    const start = model.getPositionAt(target.range.from)
    const end = model.getPositionAt(target.range.to)
    this.current.set([
      {
        range: new monaco.Range(start.lineNumber, 1, end.lineNumber, 1),
        options: { isWholeLine: true, className: 'statement-line', marginClassName: 'statement-margin' },
      },
      {
        range: new monaco.Range(start.lineNumber, 1, start.lineNumber, 1),
        options: { glyphMarginClassName: 'statement-mark', glyphMarginHoverMessage: { value: 'Run this statement' } },
      },
    ])
  }

  private rememberView(): void {
    const desk = this.tabId === null ? undefined : this.desks.get(this.tabId)
    if (desk !== undefined) desk.view = this.editor.saveViewState()
  }
}
