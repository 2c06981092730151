import type { ElectronApplication, Page } from '@playwright/test'
import { test } from '@playwright/test'
import { openTab } from './app-query'
import { startLocalDatabase } from './app-window'
import { type LaunchedApp, launchApp, removeUserData } from './launch-app'

/** What the tests of a describe may use of the app that they share; it exists while a test or a hook runs. */
export type SharedApp = Pick<LaunchedApp, 'app' | 'page' | 'userData' | 'screenshot' | 'kill'>

/**
 * One app, connected to its local database, for all tests of a describe: started before the first, looked at for violations after
 * each, removed behind the last. With `inNewTab` every test begins in a query tab of its own.
 */
export function sharedApp(options: { readonly inNewTab?: boolean } = {}): SharedApp {
  test.describe.configure({ mode: 'default' })
  let launched: LaunchedApp | null = null
  const now = (): LaunchedApp => {
    if (launched === null) throw new Error('The shared app runs only while tests do.')
    return launched
  }
  test.beforeAll(async () => {
    launched = await launchApp()
    await startLocalDatabase(launched.page)
  })
  test.beforeEach(async () => {
    if (options.inNewTab === true) await openTab(now().page)
  })
  test.afterEach(() => now().assertNoViolations())
  test.afterAll(async () => {
    if (launched === null) return
    await launched.close()
    await removeUserData(launched.userData)
  })
  return {
    get app(): ElectronApplication {
      return now().app
    },
    get page(): Page {
      return now().page
    },
    get userData(): string {
      return now().userData
    },
    screenshot: (name) => now().screenshot(name),
    kill: () => now().kill(),
  }
}
