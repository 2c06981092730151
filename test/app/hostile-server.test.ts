import { expect, type Page, test } from '@playwright/test'
import { enginePid, isRunning } from '../support/app-processes'
import { editorText, ended, gridRows, openTab, run, writeSql } from '../support/app-query'
import { windowOf } from '../support/app-window'
import { type Cluster, startCluster } from '../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../support/database-on'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'
import { dataRow, startScriptedServer } from '../support/scripted-server'

test.describe('a server that does not keep to the protocol', () => {
  test.describe.configure({ mode: 'default' })
  let cluster: Cluster
  let database: TestDatabase
  let proxy: FaultProxy
  let launched: LaunchedApp
  test.beforeAll(async () => {
    cluster = await startCluster()
    database = await createDatabaseOn(cluster.facts, 'app')
    proxy = await startFaultProxy({ host: cluster.facts.host, port: cluster.facts.port })
    launched = await launchApp()
  })
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    await proxy.close()
    await cluster.stop()
  })

  const enterUrl = async (page: Page, port: number) => {
    await page.getByRole('button', { name: 'New connection' }).click()
    await windowOf(page).dialog.getByRole('textbox', { name: 'Connection URL' }).focus()
    const password = encodeURIComponent(database.password)
    await page.keyboard.insertText(`postgres://app:${password}@127.0.0.1:${port}/${database.name}?sslmode=disable`)
  }
  const press = (page: Page, name: string) => windowOf(page).dialog.getByRole('button', { name, exact: true }).click()

  test('is named with what it said instead of a login', async () => {
    const { page, screenshot, assertNoViolations } = launched
    const server = await startScriptedServer({
      onStartup: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
    })
    await enterUrl(page, server.port)

    await press(page, 'Connect')

    await expect(windowOf(page).dialog.getByRole('alert')).toContainText(
      `The server at 127.0.0.1:${server.port} answered "HTTP/1.1 400 Bad Request" instead of asking for a login.`,
    )
    await screenshot('hostile-login')
    await press(page, 'Discard edits')
    await press(page, 'Close')
    await server.close()
    assertNoViolations()
  })

  test('costs one tab its session, which says what it did; its text stays, the other tab and the engine go on', async () => {
    const { app, page, screenshot, assertNoViolations } = launched
    const { statusBar, editor, queryStatus, queryTabs, messages } = windowOf(page)
    await enterUrl(page, proxy.port)
    await press(page, 'Connect')
    await expect(statusBar).toContainText('Connected')
    await editor.waitFor({ state: 'attached' })
    const engine = await enginePid(app)
    await writeSql(page, 'begin; select 1 as kept')
    await run(page, 'Run all')
    await openTab(page)
    const script = 'select pg_sleep(600) as nap'
    await writeSql(page, script)
    await page.keyboard.press('ControlOrMeta+Enter')
    const asked = () => proxy.connections.find((connection) => connection.sent().includes('pg_sleep(600)'))
    await expect.poll(() => asked() !== undefined).toBe(true)
    await expect(queryStatus).toHaveText(/^Running.*[1-9]\d*\.\d s/)

    asked()?.slipIn(dataRow(['1', '2', '3']))

    await ended(page, 'Lost')
    await expect(messages).toContainText(
      `The server at 127.0.0.1:${proxy.port} sent a DataRow out of its order; the session was closed.`,
    )
    await screenshot('hostile-statement')
    expect(await editorText(page)).toBe(script)
    await queryTabs.first().click()
    await writeSql(page, 'select 2 as still_here')
    await run(page, 'Run')
    expect(await gridRows(page, 1)).toEqual([['2']])
    await expect(windowOf(page).transaction).toHaveText(/^In transaction/)
    expect([await enginePid(app), isRunning(engine)]).toEqual([engine, true])
    await writeSql(page, 'rollback')
    await run(page, 'Run')
    assertNoViolations()
  })
})
