import { ChevronDown, ChevronRight } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import { type JsonLine, type JsonTree, linesOf } from './json-tree'
import { useFirstFocus } from './use-first-focus'
import { headOf, readableCount } from './visible-text'

const LINE_HEIGHT = 22
const SPARE = 20
/** Values deeper than this begin folded. */
const OPEN_DEPTH = 2
/** Characters of a string that its line shows. */
const LINE_TEXT = 400

/** A JSON value as a tree to unfold with the keys of a tree; only the lines in view are drawn. */
export function JsonTreeView({ tree }: { readonly tree: JsonTree }): ReactNode {
  const [turned, setTurned] = useState<ReadonlySet<number>>(new Set())
  const [active, setActive] = useState(0)
  const [top, setTop] = useState(0)
  const element = useRef<HTMLDivElement>(null)
  useFirstFocus(element)
  const lines = useMemo(() => linesOf(tree, (id, depth) => turned.has(id) !== depth >= OPEN_DEPTH), [tree, turned])
  const at = Math.max(
    0,
    lines.findIndex(({ id }) => id === active),
  )
  const height = element.current?.clientHeight ?? 600
  const from = Math.max(0, Math.floor(top / LINE_HEIGHT) - SPARE)
  const to = Math.min(lines.length, Math.ceil((top + height) / LINE_HEIGHT) + SPARE)

  const turn = (id: number) =>
    setTurned((before) => {
      const next = new Set(before)
      if (!next.delete(id)) next.add(id)
      return next
    })
  const choose = (index: number) => {
    const to = Math.min(Math.max(0, index), lines.length - 1)
    setActive(lines[to]?.id ?? 0)
    const box = element.current
    if (box === null) return
    if (to * LINE_HEIGHT < box.scrollTop) box.scrollTop = to * LINE_HEIGHT
    else if ((to + 1) * LINE_HEIGHT > box.scrollTop + box.clientHeight)
      box.scrollTop = (to + 1) * LINE_HEIGHT - box.clientHeight
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const line = lines[at]
    if (line === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const isOpen = line.size > 0 && (lines[at + 1]?.depth ?? 0) > line.depth
    if (event.key === 'ArrowDown') choose(at + 1)
    else if (event.key === 'ArrowUp') choose(at - 1)
    else if (event.key === 'Home') choose(0)
    else if (event.key === 'End') choose(lines.length - 1)
    else if (event.key === 'ArrowRight') line.size > 0 && !isOpen ? turn(line.id) : choose(at + 1)
    else if (event.key === 'ArrowLeft') isOpen ? turn(line.id) : choose(parentOf(lines, at))
    else if ((event.key === 'Enter' || event.key === ' ') && line.size > 0) turn(line.id)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      ref={element}
      className="jtree"
      role="tree"
      aria-label="JSON"
      aria-activedescendant={`json-${lines[at]?.id ?? 0}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <div role="none" style={{ height: lines.length * LINE_HEIGHT }}>
        {lines.slice(from, to).map((line, index) => {
          const isOpen = line.size > 0 && (lines[from + index + 1]?.depth ?? 0) > line.depth
          return (
            <div
              key={line.id}
              id={`json-${line.id}`}
              role="treeitem"
              aria-level={line.depth + 1}
              aria-selected={from + index === at}
              {...(line.size > 0 ? { 'aria-expanded': isOpen } : {})}
              tabIndex={-1}
              className={from + index === at ? 'jline on' : 'jline'}
              style={{ top: (from + index) * LINE_HEIGHT, paddingLeft: 8 + 16 * line.depth }}
              onClick={() => {
                setActive(line.id)
                if (line.size > 0) turn(line.id)
              }}
              onKeyDown={() => {}}
            >
              <span className="jfold" aria-hidden>
                {line.size === 0 ? null : isOpen ? <ChevronDown size={12} /> : <ChevronRight size={12} />}
              </span>
              {line.key === null ? null : <span className="jkey">{headOf(line.key, LINE_TEXT)}: </span>}
              <span className={`j${line.kind}`}>{wordsOf(line)}</span>
            </div>
          )
        })}
      </div>
    </div>
  )
}

function wordsOf({ kind, text, size }: JsonLine): string {
  if (kind === 'object') return size === 0 ? '{}' : `{ ${readableCount(size)} ${size === 1 ? 'member' : 'members'} }`
  if (kind === 'array') return size === 0 ? '[]' : `[ ${readableCount(size)} ${size === 1 ? 'element' : 'elements'} ]`
  const head = headOf(text, LINE_TEXT)
  return head.length < text.length ? `${head}…` : text
}

function parentOf(lines: readonly JsonLine[], at: number): number {
  const depth = lines[at]?.depth ?? 0
  for (let index = at - 1; index >= 0; index -= 1) if ((lines[index]?.depth ?? 0) < depth) return index
  return at
}
