import { type ReactNode, useEffect, useRef, useState } from 'react'

/** Items drawn or left out together. */
const CHUNK = 50

/**
 * A list in a scrolling parent whose items may differ in height: only those near what can be seen are drawn, the others keep the room
 * they had, or `rowHeight` each. The chunk with the item `keep` is always drawn.
 */
export function LongList<T>(props: {
  readonly items: readonly T[]
  readonly rowHeight: number
  readonly keep: number
  readonly render: (item: T, index: number) => ReactNode
}): ReactNode {
  const { items, rowHeight, keep, render } = props
  const chunks: ReactNode[] = []
  for (let from = 0; from < items.length; from += CHUNK) {
    const to = Math.min(from + CHUNK, items.length)
    const isKept = keep >= from && keep < to
    chunks.push(
      <Chunk key={from} height={(to - from) * rowHeight} isShownFirst={from === 0} isKept={isKept}>
        {() => items.slice(from, to).map((item, index) => render(item, from + index))}
      </Chunk>,
    )
  }
  return <>{chunks}</>
}

function Chunk(props: {
  readonly height: number
  readonly isShownFirst: boolean
  readonly isKept: boolean
  readonly children: () => ReactNode
}): ReactNode {
  const { height, isKept, children } = props
  const host = useRef<HTMLDivElement>(null)
  const [isNear, setNear] = useState(props.isShownFirst)
  const measured = useRef<number | null>(null)
  useEffect(() => {
    const element = host.current
    if (element === null) return
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry === undefined) return
        if (entry.isIntersecting) measured.current = null
        else measured.current = entry.boundingClientRect.height
        setNear(entry.isIntersecting)
      },
      { root: element.parentElement, rootMargin: '600px 0px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  if (isNear || isKept) return <div ref={host}>{children()}</div>
  return <div ref={host} style={{ height: measured.current ?? height }} />
}
