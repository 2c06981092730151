import type { Locator } from '@playwright/test'

/**
 * The texts of everything in a list that fits the selector, in the order they come into view while it is scrolled from its beginning
 * to its end: long lists draw only what is in view. Each text once; a character that is drawn in another shape stands as itself.
 */
export async function textsWhileScrolling(
  list: Locator,
  selector: string,
  axis: 'down' | 'across' = 'down',
): Promise<string[]> {
  return list.evaluate(
    async (root, { selector, axis }) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      const room = (one: Element) =>
        axis === 'down' ? one.scrollHeight - one.clientHeight : one.scrollWidth - one.clientWidth
      const canScroll = (one: Element) => {
        const { overflowX, overflowY } = getComputedStyle(one)
        return room(one) > 1 && /auto|scroll/.test(axis === 'down' ? overflowY : overflowX)
      }
      const around: Element[] = []
      for (let one: Element | null = root; one !== null; one = one.parentElement) around.push(one)
      const inside = [...root.querySelectorAll('*')]
      const scroller = [...inside, ...around].find(canScroll)
      const side = axis === 'down' ? 'scrollTop' : 'scrollLeft'
      const found = new Set<string>()
      const take = async () => {
        do await frame()
        while (root.querySelector('.wait, [aria-label="loading"]') !== null)
        for (const one of root.querySelectorAll(selector)) found.add(one.textContent ?? '')
      }
      if (scroller !== undefined) scroller[side] = 0
      await take()
      for (let before = -1; scroller !== undefined && scroller[side] !== before; ) {
        before = scroller[side]
        scroller[side] = before + (axis === 'down' ? scroller.clientHeight : scroller.clientWidth) * 0.7
        await take()
      }
      return [...found]
    },
    { selector, axis },
  )
}
