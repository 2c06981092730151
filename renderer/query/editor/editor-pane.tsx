import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import type { TabId } from '../../../contract/workspace'
import './editor.css'
import type { ShownError } from './error-marks'
import type { EditorListener, RunTarget, SqlEditor } from './sql-editor'

/** Props of `EditorPane`. */
export interface EditorPaneProps {
  readonly tabId: TabId
  /** Text and caret for a tab that is shown for the first time. */
  readonly read: (tabId: TabId) => { readonly text: string; readonly caret: number }
  readonly theme: 'light' | 'dark'
  readonly error: ShownError | null
  /** Shown under the failed statement; null when there is nothing to show. */
  readonly errorView: ReactNode
  readonly onReady: (editor: SqlEditor | null) => void
  readonly onChanged: EditorListener['changed']
  readonly onCaretMoved: EditorListener['caretMoved']
  readonly onTargetMoved: (target: RunTarget) => void
  readonly onRun: () => void
}

/** The SQL editor of the active tab. Monaco comes in after the window has painted; until then its place is kept. */
export function EditorPane(props: EditorPaneProps): ReactNode {
  const host = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  latest.current = props
  const [editor, setEditor] = useState<SqlEditor | null>(null)
  const { tabId, theme, error, errorView } = props

  useEffect(() => {
    let isGone = false
    let made: SqlEditor | null = null
    void import('./sql-editor').then(({ SqlEditor: Editor }) => {
      if (isGone || host.current === null) return
      made = new Editor(host.current, {
        changed: (tab, read) => latest.current.onChanged(tab, read),
        caretMoved: (tab, offset) => latest.current.onCaretMoved(tab, offset),
        targetMoved: (target) => latest.current.onTargetMoved(target),
        runAsked: () => latest.current.onRun(),
      })
      setEditor(made)
      latest.current.onReady(made)
    })
    return () => {
      isGone = true
      latest.current.onReady(null)
      made?.dispose()
    }
  }, [])

  useLayoutEffect(() => editor?.setTheme(theme), [editor, theme])
  useLayoutEffect(() => {
    if (editor === null) return
    const { text, caret } = latest.current.read(tabId)
    editor.show(tabId, text, caret)
  }, [editor, tabId])
  useEffect(() => editor?.markError(tabId, error), [editor, tabId, error])

  return (
    <div className="editor-pane">
      <div ref={host} className="editor-host" />
      {editor === null || error === null || errorView === null ? null : (
        <ErrorZone key={tabId} editor={editor} offset={error.statement.to} view={errorView} />
      )}
    </div>
  )
}

/** Opens room in the editor below an offset, as high as its contents. */
function ErrorZone(props: {
  readonly editor: SqlEditor
  readonly offset: number
  readonly view: ReactNode
}): ReactNode {
  const { editor, offset, view } = props
  const [element] = useState(() => {
    const made = document.createElement('div')
    made.className = 'error-zone'
    return made
  })
  const inner = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const content = inner.current
    if (content === null) return
    let height = 0
    const fit = () => {
      const wanted = Math.ceil(content.getBoundingClientRect().height)
      if (wanted === height || wanted === 0) return
      height = wanted
      editor.setZone({ element, offset, height })
    }
    editor.setZone({ element, offset, height: 88 })
    const observer = new ResizeObserver(fit)
    observer.observe(content)
    return () => {
      observer.disconnect()
      editor.setZone(null)
    }
  }, [editor, element, offset])
  return createPortal(
    <div ref={inner} className="error-zone-content">
      {view}
    </div>,
    element,
  )
}
