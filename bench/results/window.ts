import { expect, type Page } from '@playwright/test'
import { ended, writeSql } from '../../test/support/app-query'
import { startLocalDatabase, windowOf } from '../../test/support/app-window'
import { launchApp, removeUserData } from '../../test/support/launch-app'
import { type Found, quantiles } from './child'
import { closeFloor, FLOOR, openFloor } from './floor'
import { TABLE } from './table'

/** Milliseconds of one frame at 60 Hz. */
const FRAME_MS = 1000 / 60
const SCROLL_MS = 3_000

/** What a person sees of the real app: frames while the wheel turns, with and without rows streaming in, jumps, and the first page painted. */
export async function measureWindow(rows: number): Promise<Found> {
  const { app, page, userData, close } = await launchApp()
  try {
    await startLocalDatabase(page)
    await writeSql(page, TABLE(rows))
    await runLong(page)
    const painted = await firstPages(page, 15)

    await writeSql(page, 'select * from t')
    await app.evaluate(() => {
      const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks')
      const lag = monitorEventLoopDelay({ resolution: 1 })
      lag.enable()
      Object.assign(globalThis, { lag })
    })
    await runLong(page)
    const lagP99 = await app.evaluate(() => {
      const { lag } = globalThis as unknown as { lag: { disable(): void; percentile(share: number): number } }
      lag.disable()
      return lag.percentile(99) / 1e6
    })
    const still = await framesWhile(page, () => page.waitForTimeout(SCROLL_MS))
    const idle = await framesWhile(page, () => turnWheel(page, '.grid'))
    const jumps = await farJumps(page, '.grid', 60)
    await openFloor(page)
    const floorIdle = await framesWhile(page, () => turnWheel(page, FLOOR))
    const floorJumps = await farJumps(page, FLOOR, 60)
    const floorPainted = await floorPages(page, 15)
    await closeFloor(page)

    const ingest = await framesWhileReading(page, '.grid')
    await ended(page, 'Complete')
    const floorIngest = await framesWhileReading(page, FLOOR)
    return {
      ...quantiles('painted', painted),
      ...quantiles('floorPainted', floorPainted),
      ...quantiles('jump', jumps),
      ...quantiles('floorJump', floorJumps),
      lagP99,
      ...quantiles('frame', idle),
      ...quantiles('floorFrame', floorIdle),
      dropped: droppedOf(idle),
      floorDropped: droppedOf(floorIdle),
      stillDropped: droppedOf(still),
      ...quantiles('ingestFrame', ingest),
      ingestDropped: droppedOf(ingest),
      floorIngestDropped: droppedOf(floorIngest),
    }
  } finally {
    await close()
    await removeUserData(userData)
  }
}

/** Runs what takes long enough to be seen running, and waits until it has ended. */
async function runLong(page: Page): Promise<void> {
  const { runBar, queryStatus } = windowOf(page)
  await runBar.getByRole('button', { name: 'Run all' }).click()
  await expect(queryStatus).toHaveText(/^Running/)
  await ended(page, 'Complete')
}

/** Milliseconds from the press of Run to the frame behind the one in which the first cells are there. */
async function firstPages(page: Page, times: number): Promise<number[]> {
  const took: number[] = []
  for (let time = 0; time < times; time += 1) {
    await writeSql(page, `select * from t limit ${5000 + time}`)
    const ms = await page.evaluate(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const button = document.querySelector<HTMLElement>('.runbar button[aria-label="Run"]')
      const before = document.querySelector('.grid')
      const startedAt = performance.now()
      button?.click()
      for (;;) {
        await frame()
        const grid = document.querySelector('.grid')
        if (grid !== null && grid !== before && grid.querySelector('[role="gridcell"]') !== null) break
      }
      await frame()
      return performance.now() - startedAt
    })
    took.push(ms)
    await page.waitForFunction(() =>
      document.querySelector('[aria-label="Query status"]')?.textContent?.match(/^Complete/),
    )
  }
  return took
}

/** The same for rows that need nobody's answer: from taking them away until they are painted again. */
function floorPages(page: Page, times: number): Promise<number[]> {
  return page.evaluate(
    async ([selector, count]) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const floor = document.querySelector<HTMLElement>(selector)
      const took: number[] = []
      for (let time = 0; floor !== null && time < count; time += 1) {
        const rows = floor.firstElementChild
        if (rows === null) break
        const copy = rows.cloneNode(true)
        rows.remove()
        await frame()
        await frame()
        const startedAt = performance.now()
        floor.append(copy)
        await frame()
        await frame()
        took.push(performance.now() - startedAt)
      }
      return took
    },
    [FLOOR, times] as const,
  )
}

async function turnWheel(page: Page, place: string): Promise<void> {
  const box = await page.locator(place).first().boundingBox()
  await page.mouse.move((box?.x ?? 0) + 200, (box?.y ?? 0) + 120)
  for (const end = performance.now() + SCROLL_MS; performance.now() < end; ) {
    await page.mouse.wheel(0, 104)
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS))
  }
}

/** Milliseconds between frames while the wheel turns and rows stream into the app. */
async function framesWhileReading(page: Page, place: string): Promise<number[]> {
  await writeSql(page, 'select t.* from t, generate_series(1, 4)')
  await windowOf(page).runBar.getByRole('button', { name: 'Run all' }).click()
  await expect(windowOf(page).queryStatus).toHaveText(/^Running/)
  await page.getByRole('grid', { name: 'Result 1' }).getByRole('gridcell').first().waitFor()
  if (place === FLOOR) await openFloor(page)
  const gaps = await framesWhile(page, () => turnWheel(page, place))
  if (place === FLOOR) await closeFloor(page)
  return gaps
}

/** Milliseconds between frames while something is done. */
async function framesWhile(page: Page, work: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const frames = { gaps: [] as number[], isOver: false }
    let last = performance.now()
    // The frame's own time: when its turn comes within the frame is not when it is seen.
    const note = (now: number) => {
      frames.gaps.push(now - last)
      last = now
      if (!frames.isOver) requestAnimationFrame(note)
    }
    requestAnimationFrame(note)
    Object.assign(window, { frames })
  })
  await work()
  return page.evaluate(() => {
    const { frames } = window as unknown as { readonly frames: { readonly gaps: readonly number[]; isOver: boolean } }
    frames.isOver = true
    return frames.gaps.slice(1)
  })
}

/** Milliseconds from a jump of the scrollbar until every cell in view is filled. */
function farJumps(page: Page, place: string, times: number): Promise<number[]> {
  return page.evaluate(
    async ([selector, count]) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const grid = document.querySelector<HTMLElement>(selector)
      const took: number[] = []
      for (let time = 0; grid !== null && time < count; time += 1) {
        const startedAt = performance.now()
        grid.scrollTop = ((time * 7919) % 1000) * ((grid.scrollHeight - grid.clientHeight) / 1000)
        // In the first frame the jump is noticed and drawn.
        do await frame()
        while (grid.querySelector('.wait') !== null || performance.now() - startedAt < 1)
        took.push(performance.now() - startedAt)
      }
      return took
    },
    [place, times] as const,
  )
}

/** Percent of the frames that should have come and did not. */
function droppedOf(gaps: readonly number[]): number {
  const due = gaps.reduce((sum, gap) => sum + gap, 0) / FRAME_MS
  const missed = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / FRAME_MS) - 1), 0)
  return (100 * missed) / due
}
