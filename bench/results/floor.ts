import type { Page } from '@playwright/test'

/** What the app's own grid is compared with: see `openFloor`. */
export const FLOOR = '.bench-floor'

/**
 * Lays the least that can show rows over the app's grid, as large as it: plain elements with the look and the texts of the rows that are
 * drawn there, moved and filled by hand when it is scrolled. It fetches nothing, selects nothing and is not to be read by screen readers:
 * what it costs is what this machine asks for drawing so many cells.
 */
export async function openFloor(page: Page): Promise<void> {
  await page.evaluate((floorClass) => {
    const grid = document.querySelector<HTMLElement>('.grid')
    if (grid === null) throw new Error('there is no grid')
    const [rowHeight, headerHeight, spare] = [26, 40, 8]
    const box = grid.getBoundingClientRect()
    const models = [...grid.querySelectorAll<HTMLElement>('.gr:not(.gh)')]
    const texts = models.map((row) => [...row.children].map((cell) => cell.textContent ?? ''))

    const floor = document.createElement('div')
    floor.className = `grid ${floorClass}`
    floor.style.cssText = `position:fixed;z-index:1000;left:${box.left}px;top:${box.top}px;width:${box.width}px;height:${box.height}px`
    const space = document.createElement('div')
    space.className = 'gspace'
    space.style.cssText = `height:${grid.scrollHeight}px;width:${grid.scrollWidth}px`
    floor.append(space)
    const slots = Math.ceil(box.height / rowHeight) + 2 * spare + 1
    const rows = Array.from({ length: slots }, () => {
      const row = models[0]?.cloneNode(true) as HTMLElement
      for (const cell of row.querySelectorAll('*')) cell.removeAttribute('id')
      space.append(row)
      return { row, cells: [...row.children] as HTMLElement[], shown: -1 }
    })
    const draw = () => {
      const first = Math.max(0, Math.floor(floor.scrollTop / rowHeight) - spare)
      for (let number = first; number < first + slots; number += 1) {
        const slot = rows[number % slots]
        if (slot === undefined || slot.shown === number) continue
        slot.shown = number
        slot.row.style.top = `${headerHeight + number * rowHeight}px`
        const line = texts[number % texts.length]
        slot.cells.forEach((cell, at) => {
          cell.textContent = at === 0 ? String(number + 1) : (line?.[at] ?? '')
        })
      }
    }
    floor.addEventListener('scroll', draw)
    draw()
    document.body.append(floor)
  }, FLOOR.slice(1))
}

/** Takes it away. */
export async function closeFloor(page: Page): Promise<void> {
  await page.locator(FLOOR).evaluate((floor) => floor.remove())
}
