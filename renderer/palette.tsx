import { ChevronRight, Circle, Eye, FileCode, FilePen, Hash, Plug, Search, Table2 } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useMemo, useState } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import type { PaletteMode } from './app-store'
import { type Command, type Destination, shownKeys } from './command'
import { findItems, type PaletteItem } from './palette-items'
import './ui/palette.css'

/** Props of `Palette`. */
export interface PaletteProps {
  /** `go` leaves the commands out: relations, queries, migrations and tabs only; `connections` all but these. */
  readonly mode: PaletteMode
  readonly commands: readonly Command[]
  readonly destinations: readonly Destination[]
  readonly isMac: boolean
  readonly onClose: () => void
}

const WORDS: Readonly<Record<PaletteMode, { readonly label: string; readonly placeholder: string }>> = {
  commands: { label: 'Search / commands', placeholder: 'Type a command' },
  go: { label: 'Go to', placeholder: 'Go to a table, view, query, migration or tab' },
  connections: { label: 'Open connection', placeholder: 'Open a connection' },
}

/** The palette: type to narrow, arrows to choose, Enter to run, Escape to close. */
export function Palette(props: PaletteProps): ReactNode {
  const { mode, commands, destinations, isMac, onClose } = props
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const items = useMemo(
    () => findItems(mode === 'commands' ? commands : [], destinations, typed, mode),
    [mode, commands, destinations, typed],
  )
  const chosen = Math.min(at, items.length - 1)
  const choose = (item: PaletteItem | undefined) => {
    if (item === undefined || !item.isEnabled) return
    onClose()
    item.choose()
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key]
    if (event.key === 'Enter') choose(items[chosen])
    else if (step !== undefined && items.length > 0) {
      const next = chosen + step
      setAt(Math.abs(step) === 1 ? (next + items.length) % items.length : Math.max(0, Math.min(items.length - 1, next)))
    } else return
    event.preventDefault()
  }
  return (
    <ModalOverlay
      className="scrim light"
      isOpen
      isDismissable
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
    >
      <Modal>
        <Dialog className="dialog pal" aria-label="Commands">
          <div className="in">
            <Search className="i" aria-hidden />
            <input
              autoFocus
              className="input"
              role="combobox"
              aria-label={WORDS[mode].label}
              aria-expanded="true"
              aria-controls="palette-list"
              aria-activedescendant={items[chosen] === undefined ? undefined : `palette-${items[chosen].id}`}
              placeholder={WORDS[mode].placeholder}
              spellCheck="false"
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value)
                setAt(0)
              }}
              onKeyDown={press}
            />
          </div>
          <div className="pal-list" id="palette-list" role="listbox" aria-label="Commands">
            {items.length === 0 ? <p className="pal-none">Nothing matches “{typed}”.</p> : null}
            {items.map((item, index) => (
              <PaletteRow
                key={item.id}
                item={item}
                isChosen={index === chosen}
                isFirst={items[index - 1]?.group !== item.group}
                isMac={isMac}
                onPoint={() => setAt(index)}
                onChoose={() => choose(item)}
              />
            ))}
          </div>
          <div className="tips">
            <span>
              <kbd className="cap">↑</kbd>
              <kbd className="cap">↓</kbd> choose
            </span>
            <span>
              <kbd className="cap">Enter</kbd> {mode === 'commands' ? 'run' : 'open'}
            </span>
            <span>
              <kbd className="cap">Esc</kbd> close
            </span>
            <span className="grow" />
            {mode === 'commands' ? (
              <span>
                <kbd className="cap">{shownKeys('Ctrl+P', isMac)}</kbd> relations, queries, tabs only
              </span>
            ) : null}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function PaletteRow(props: {
  readonly item: PaletteItem
  readonly isChosen: boolean
  readonly isFirst: boolean
  readonly isMac: boolean
  readonly onPoint: () => void
  readonly onChoose: () => void
}): ReactNode {
  const { item, isChosen, isFirst, isMac, onPoint, onChoose } = props
  return (
    <>
      {isFirst ? <h3 role="presentation">{item.group}</h3> : null}
      <div
        ref={(element) => {
          if (isChosen) element?.scrollIntoView({ block: 'nearest' })
        }}
        className="pi"
        role="option"
        id={`palette-${item.id}`}
        aria-selected={isChosen}
        aria-disabled={!item.isEnabled}
        onPointerMove={onPoint}
        onPointerUp={onChoose}
      >
        <ItemIcon kind={item.kind} />
        <span>
          {item.parts.map((part, index) =>
            part.isMatch ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>,
          )}
        </span>
        <span className="dim cut">{item.remark}</span>
        <span className="right">
          <kbd>{item.keys === '' ? '' : shownKeys(item.keys, isMac)}</kbd>
        </span>
      </div>
    </>
  )
}

function ItemIcon({ kind }: { readonly kind: PaletteItem['kind'] }): ReactNode {
  switch (kind) {
    case 'table':
      return <Table2 className="i" aria-hidden />
    case 'view':
      return <Eye className="i" aria-hidden />
    case 'sequence':
      return <Hash className="i" aria-hidden />
    case 'migration':
      return <Circle className="i" aria-hidden />
    case 'query':
      return <FilePen className="i" aria-hidden />
    case 'tab':
      return <FileCode className="i" aria-hidden />
    case 'connection':
      return <Plug className="i" aria-hidden />
    case 'command':
      return <ChevronRight className="i" aria-hidden />
  }
}
