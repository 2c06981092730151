import { expect, test } from '@playwright/test'
import { windowOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

// Asked as any script in the page could ask, over the bridge that the preload left there.
test.describe('the shell', () => {
  test.describe.configure({ mode: 'default' })
  let launched: LaunchedApp

  test.beforeAll(async () => {
    launched = await launchApp()
    await windowOf(launched.page).startLocal.waitFor()
  })
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
  })

  test('refuses every question of another shape', async () => {
    const wrong = await launched.page.evaluate(async () => {
      const offer = { profileId: 'p', kind: 'password', target: {}, secret: 'p', keeper: 'memory' }
      const circle: Record<string, unknown> = {}
      circle.self = circle
      const questions: [unknown, unknown][] = [
        ['no.such', {}],
        ['__proto__', {}],
        ['constructor', {}],
        ['toString', {}],
        ['hasOwnProperty', {}],
        ['engine.restarted', { reason: 'mine' }], // an event
        ['profile.list', {}], // the engine's, not the shell's
        [42, {}],
        [null, {}],
        [['app.facts'], {}],
        ['app.facts', undefined],
        ['app.facts', { extra: 1 }],
        ['app.facts', []],
        ['app.facts', 'x'],
        ['app.facts', circle],
        ['app.facts', { big: 1n }],
        ['app.facts', { text: 'x'.repeat(1_000_000) }],
        ['app.setTheme', { theme: 'pink' }],
        ['app.setTheme', { theme: ['dark'] }],
        ['clipboard.write', { text: 5 }],
        ['clipboard.write', { text: 'x'.repeat(64 * 1024 * 1024 + 1) }],
        ['secret.state', { profileId: 5, kind: 'password', target: {} }],
        ['secret.state', { profileId: '../../etc', kind: 'password', target: {} }],
        ['secret.offer', { ...offer, profileId: 'a'.repeat(5000) }],
        ['secret.offer', { ...offer, kind: 'ssh 9' }],
        ['secret.offer', { ...offer, keeper: 'plain text' }],
        ['secret.offer', { ...offer, target: { host: 'h', port: 70_000 } }],
        ['secret.forget', { profileId: 'p' }],
        ['dialog.chooseSaveFile', { name: '../rows.csv', kind: 'csv' }],
        ['dialog.chooseSaveFile', { name: 'rows.csv', kind: 'csv', path: '/etc/passwd' }],
        ['dialog.chooseSaveFile', { name: 'rows.exe', kind: 'exe' }],
        ['dialog.chooseMigrationFolder', { profileId: 'p', folder: '/etc' }],
      ]
      const answered: string[] = []
      for (const [name, input] of questions) {
        const reply = await window.bridge.ask(name as string, input).catch((error: Error) => `thrown: ${error.message}`)
        const failure = typeof reply === 'object' && reply !== null && 'failure' in reply ? reply.failure : reply
        const kind = typeof failure === 'object' && failure !== null && 'kind' in failure ? failure.kind : failure
        if (kind !== 'refused') answered.push(`${String(name)}: ${JSON.stringify(reply)}`)
      }
      return answered
    })

    expect(wrong).toEqual([])
  })

  test('lets no question change a prototype', async () => {
    const polluted = () => 'extra' in {}
    const question = () => window.bridge.ask('app.facts', JSON.parse('{"__proto__": {"extra": 1}}'))

    await launched.page.evaluate(question) // refused, or the key was lost on the way

    expect([await launched.page.evaluate(polluted), await launched.app.evaluate(polluted)]).toEqual([false, false])
    expect(await launched.page.evaluate(() => window.bridge.ask('app.facts', {}))).toMatchObject({ ok: true })
  })
})
