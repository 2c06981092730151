import { Copy, FileInput, SquareArrowOutUpRight, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { HistoryEntry, HistoryText } from '../../contract/history'
import { Button } from '../ui/button'
import { formatCount } from '../ui/format'
import { runWords } from './history-words'

/** The whole text of the chosen run, how it ended, and what can be done with it. */
export function HistoryPreview(props: {
  readonly entry: HistoryEntry
  /** Null while it is read. */
  readonly text: HistoryText | null
  readonly onOpen: () => void
  readonly onInsert: () => void
  readonly onCopy: () => void
  readonly onRemove: () => void
}): ReactNode {
  const { entry, text, onOpen, onInsert, onCopy, onRemove } = props
  return (
    <section className="history-preview" aria-label="Chosen run">
      <div className="history-tools">
        <Button size="small" tip="Open in a new tab" keys="Enter" onPress={onOpen}>
          <SquareArrowOutUpRight className="i i12" aria-hidden />
          Open
        </Button>
        <span className="grow" />
        <Button
          variant="bare"
          size="small"
          isIcon
          aria-label="Insert"
          tip="Insert at the caret"
          keys="Shift+Enter"
          onPress={onInsert}
        >
          <FileInput className="i" aria-hidden />
        </Button>
        <Button variant="bare" size="small" isIcon aria-label="Copy" tip="Copy" keys="Ctrl+C" onPress={onCopy}>
          <Copy className="i" aria-hidden />
        </Button>
        <Button
          variant="bare"
          size="small"
          isIcon
          aria-label="Remove"
          tip="Remove from history"
          keys="Del"
          onPress={onRemove}
        >
          <Trash2 className="i" aria-hidden />
        </Button>
      </div>
      {entry.message === null ? null : (
        <p className={`history-message small selectable ${entry.outcome === 'lost' ? 'is-changed' : 'is-failed'}`}>
          {entry.message}
        </p>
      )}
      <p className="history-facts small dim num selectable">
        {runWords(entry, new Date())} · {entry.profileName}
      </p>
      <pre className="history-text mono selectable">{text?.id === entry.id ? text.text : entry.line}</pre>
      {text === null || (!text.isMasked && text.unitsLeftOut === 0 && text.parameters.length === 0) ? null : (
        <p className="history-note small dim">
          {[
            text.isMasked ? 'A password was masked.' : '',
            text.unitsLeftOut > 0 ? `The last ${formatCount(text.unitsLeftOut)} characters were not kept.` : '',
            text.parameters.length > 0 ? `Run with values for ${text.parameters.join(', ')}, which are not kept.` : '',
          ]
            .filter((part) => part !== '')
            .join(' ')}
        </p>
      )}
    </section>
  )
}
