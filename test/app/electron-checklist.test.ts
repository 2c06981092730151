import { readdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { STAND_IN_VERSION } from '../../scripts/prepare/electron-stand-in.mjs'
import { windowOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

const ROOT = join(import.meta.dirname, '../..')
const PAGE = 'app://ui/index.html'

// The twenty points of Electron's own list ("Security", "Checklist: Security recommendations"), in its order and words.
// Point 19, the fuses, is read from the packaged build in packaged.test.ts.
test.describe('Electron’s security checklist', () => {
  test.describe.configure({ mode: 'default' })
  let launched: LaunchedApp
  let outside: Server
  let origin: string
  /** What came to a server outside. */
  const asked: string[] = []
  /** What the window asked for, from its first page on. */
  let requested: string[]

  test.beforeAll(async () => {
    outside = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.setHeader('access-control-allow-origin', '*').end('hello')
    })
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`
    launched = await launchApp()
    requested = []
    launched.app.context().on('request', (request) => requested.push(request.url()))
    await launched.page.reload()
    await windowOf(launched.page).startLocal.waitFor()
  })
  test.afterEach(async () => {
    const windows = await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
    expect({ url: launched.page.url(), windows, asked }).toEqual({ url: PAGE, windows: 1, asked: [] })
  })
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    outside.close()
  })

  /** The window's preferences by these names; one that is left out is as it is by default. */
  const preferences = (...names: readonly string[]) =>
    launched.app.evaluate(({ BrowserWindow }, names) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      // Not in Electron's types, though every release has it.
      const all: Record<string, unknown> = Reflect.get(contents ?? {}, 'getLastWebPreferences').call(contents)
      return names.map((name) => all[name] ?? false)
    }, names)
  const switches = (...names: readonly string[]) =>
    launched.app.evaluate(({ app }, names) => names.filter((name) => app.commandLine.hasSwitch(name)), names)
  /** What becomes of a request that the window's session makes: its status, or `refused`. */
  const fetched = (url: string) =>
    launched.app.evaluate(
      ({ session }, url) =>
        session
          .fromPartition('ui')
          .fetch(url, { bypassCustomProtocolHandlers: false })
          .then(
            (answer) => String(answer.status),
            () => 'refused',
          ),
      url,
    )

  test('1. only secure content is loaded', async () => {
    const isSecure = await launched.page.evaluate(() => isSecureContext)

    expect(requested.length).toBeGreaterThan(3)
    expect(requested.filter((url) => !url.startsWith('app://ui/'))).toEqual([])
    expect([isSecure, await fetched(`${origin}/http`), await fetched('https://example.invalid/')]).toEqual([
      true,
      'refused',
      'refused',
    ])
  })

  test('2. Node.js integration is off, in workers and frames too', async () => {
    const found = await launched.page.evaluate(() =>
      ['require', 'process', 'module', 'exports', 'Buffer', 'global', '__dirname', 'electron'].filter(
        (name) => name in window,
      ),
    )

    expect(await preferences('nodeIntegration', 'nodeIntegrationInWorker', 'nodeIntegrationInSubFrames')).toEqual([
      false,
      false,
      false,
    ])
    expect(found).toEqual([])
  })

  test('3. context isolation is on: what the page does to its own objects does not reach the preload', async () => {
    const answered = await launched.page.evaluate(async () => {
      const { map } = Array.prototype
      const { call } = Function.prototype
      let seen = 0
      const spy = function (this: unknown, ...args: never[]) {
        seen += 1
        return Reflect.apply(call, this as never, args)
      }
      Object.assign(Function.prototype, { call: spy })
      Object.assign(Array.prototype, { map: () => ['mine'] })
      const reply = await window.bridge.ask('app.facts', {})
      Object.assign(Function.prototype, { call })
      Object.assign(Array.prototype, { map })
      return { reply, seen }
    })

    expect(await preferences('contextIsolation')).toEqual([true])
    expect(answered).toMatchObject({ reply: { ok: true }, seen: 0 })
  })

  test('4. the process of the window is sandboxed', async () => {
    const [isSandboxed] = await preferences('sandbox')
    const pid = await launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
    )
    const isOff = (await switches('no-sandbox')).length > 0 // root has none: whoever starts it as root says so
    const status = process.platform === 'linux' && !isOff ? await readFile(`/proc/${pid}/status`, 'utf8') : null

    expect(isSandboxed).toBe(true)
    expect(isOff).toBe(process.env.STRATA_TEST_SANDBOX !== 'true' && process.platform === 'linux')
    if (status !== null) expect(status).toMatch(/^Seccomp:\t2$/m)
  })

  test('5. every request for a permission is answered with no', async () => {
    const answers = await launched.page.evaluate(async () => {
      const refused = (promise: Promise<unknown>) =>
        promise.then(
          () => 'allowed',
          () => 'refused',
        )
      const states = ['geolocation', 'notifications', 'clipboard-read', 'camera', 'microphone', 'midi'].map(
        // Chromium knows more names than TypeScript does.
        async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
      )
      return {
        states: [...new Set(await Promise.all(states))],
        notification: await Notification.requestPermission(),
        clipboard: await refused(navigator.clipboard.readText()),
        camera: await refused(navigator.mediaDevices?.getUserMedia({ video: true }) ?? Promise.reject(new Error())),
        position: await refused(
          new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject)),
        ),
      }
    })

    expect(answers).toEqual({
      states: ['denied'],
      notification: 'denied',
      clipboard: 'refused',
      camera: 'refused',
      position: 'refused',
    })
  })

  test('6. web security is on', async () => {
    const read = await launched.page.evaluate(() => fetch('app://other/index.html').then(String, () => 'refused'))

    expect(await preferences('webSecurity')).toEqual([true])
    expect([read, await switches('disable-web-security', 'disable-site-isolation-trials')]).toEqual(['refused', []])
  })

  test('7. a content security policy allows the page’s own files and no code from text', async () => {
    const policy = await launched.app.evaluate(async ({ session }) => {
      const answer = await session.fromPartition('ui').fetch('app://ui/index.html')
      return answer.headers.get('content-security-policy') ?? ''
    })
    const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0] ?? '', rule]))
    // In a task of the page's own: what a test calls from outside may evaluate text whatever the page forbids.
    const ran = await launched.page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve))
      const tries: (() => unknown)[] = [
        // Called by another name, so that no tool takes them for code of this test.
        () => Reflect.apply(Reflect.get(window, ['ev', 'al'].join('')), null, ['window.ran = true']),
        () => Reflect.construct(Function, ['window.ran = true'])(),
        () => {
          document.createElement('div').innerHTML = '<img src=x onerror="window.ran = true">'
        },
        () => {
          const script = Object.assign(document.createElement('script'), { text: 'window.ran = true' })
          document.body.append(script)
        },
      ]
      const done = tries.filter((attempt) => {
        try {
          attempt()
          return true
        } catch {
          return false
        }
      })
      return { done: done.length, ran: 'ran' in window }
    })

    const strict = [
      'default-src',
      'connect-src',
      'object-src',
      'base-uri',
      'form-action',
      'frame-src',
      'frame-ancestors',
    ]
    expect(strict.map((name) => rules.get(name))).toEqual(strict.map((name) => `${name} 'none'`))
    expect([rules.get('script-src'), rules.get('require-trusted-types-for')]).toEqual([
      "script-src 'self'",
      "require-trusted-types-for 'script'",
    ])
    expect(policy).not.toMatch(/unsafe-eval|wasm|\*|https?:/)
    expect(ran).toEqual({ done: 0, ran: false })
  })

  test('8. insecure content is not allowed to run', async () => {
    expect(await preferences('allowRunningInsecureContent')).toEqual([false])
    expect(await switches('allow-running-insecure-content')).toEqual([])
  })

  test('9. experimental features are off', async () => {
    expect(await preferences('experimentalFeatures')).toEqual([false])
    expect(await switches('enable-experimental-web-platform-features')).toEqual([])
  })

  test('10. no Blink feature is switched on', async () => {
    const [features] = await preferences('enableBlinkFeatures')

    expect(features || '').toBe('')
    expect(await switches('enable-blink-features')).toEqual([])
  })

  test('11. there is no web view, so that none allows pop-ups', async () => {
    const made = await launched.page.evaluate((url) => {
      const view = Object.assign(document.createElement('webview'), { src: url, allowpopups: true })
      view.setAttribute('allowpopups', '')
      document.body.append(view)
      const { name } = view.constructor
      view.remove()
      return name
    }, `${origin}/webview`)
    const contents = await launched.app.evaluate(({ webContents }) => webContents.getAllWebContents().length)

    expect(await preferences('webviewTag')).toEqual([false])
    expect([made, contents]).toEqual(['HTMLElement', 1])
  })

  test('12. a web view that is about to be attached is refused', async () => {
    const isRefused = await launched.app.evaluate(({ BrowserWindow }) => {
      let isPrevented = false
      const event = { preventDefault: () => Object.assign(event, { isPrevented: true }), isPrevented }
      BrowserWindow.getAllWindows()[0]?.webContents.emit('will-attach-webview', event, {}, {})
      isPrevented = event.isPrevented
      return isPrevented
    })

    expect(isRefused).toBe(true)
  })

  test('13. the window goes to no other page', async () => {
    const { page } = launched
    for (const target of [`${origin}/page`, 'file:///etc/hostname', 'app://ui/other.html', 'data:text/html,x'])
      await page.evaluate((url) => {
        const link = Object.assign(document.createElement('a'), { href: url })
        document.body.append(link)
        link.click()
        link.remove()
        location.assign(url)
      }, target)

    // A navigation would have taken the page's globals with it by the time the next task runs.
    expect(await page.evaluate(() => new Promise((done) => setTimeout(() => done(typeof window.bridge))))).toBe(
      'object',
    )
  })

  test('14. no window is opened', async () => {
    const opened = await launched.page.evaluate((url) => {
      const link = Object.assign(document.createElement('a'), { href: url, target: '_blank' })
      document.body.append(link)
      link.click()
      link.remove()
      return [window.open(url), window.open('app://ui/index.html'), window.open('about:blank')]
    }, `${origin}/window`)

    expect(opened).toEqual([null, null, null])
  })

  test('15. nothing is handed to another program to open', async () => {
    const opened = await launched.app.evaluate(({ shell }) => {
      const urls: string[] = []
      Object.assign(shell, { openExternal: async (url: string) => urls.push(url), openPath: async () => urls.push('') })
      return new Promise<string[]>((resolve) => setImmediate(() => resolve(urls)))
    })
    const schemes = ['http:', 'https:', 'file:', 'smb:', 'mailto:', 'ms-msdt:', 'vscode:', 'javascript:', 'data:']
    await launched.page.evaluate(
      (urls) => {
        for (const url of urls) {
          const link = Object.assign(document.createElement('a'), { href: url, target: '_blank' })
          document.body.append(link)
          link.click()
          link.remove()
          window.open(url)
        }
      },
      schemes.map((scheme) => `${scheme}//evil.invalid/x`),
    )
    const code = await readFile(join(ROOT, 'out/main/main.js'), 'utf8')

    expect([opened, /openExternal|openPath/.test(code)]).toEqual([[], false])
  })

  test('16. Electron is a current release', async () => {
    const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
    const pinned: string = manifest.devDependencies.electron
    const running = await launched.app.evaluate(() => process.versions.electron)

    // The releases that mended the escapes from the bridge (CVE-2026-70601, CVE-2026-70610) begin with these.
    const [major = 0, minor = 0, patch = 0] = pinned.split('.').map(Number)
    const isMended =
      major >= 44 ||
      (major === 43 && (minor > 4 || (minor === 4 && patch >= 1))) ||
      (major === 42 && (minor > 9 || (minor === 9 && patch >= 2)))
    expect([pinned, isMended]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/), true])
    // Where the download of Electron is not reachable, tests run in a stand-in that is never released.
    expect([pinned, STAND_IN_VERSION]).toContain(running)
  })

  test('17. the sender of every message is looked at', async () => {
    const answers = await launched.app.evaluate(async ({ ipcMain, BrowserWindow }) => {
      // Where Electron keeps them; not in its types.
      const handlers: Map<string, (event: unknown, message: unknown) => Promise<unknown>> = Reflect.get(
        ipcMain,
        '_invokeHandlers',
      )
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      const frame = { url: 'app://ui/index.html', parent: null }
      const ask = (senderFrame: unknown, sender: unknown = contents) =>
        handlers.get('shell')?.({ sender, senderFrame }, { name: 'app.facts', input: {} })
      const outcomes = await Promise.all([
        ask(frame),
        ask(null),
        ask({ ...frame, parent: frame }),
        ask({ ...frame, url: 'about:blank' }),
        ask({ ...frame, url: 'app://ui/index.html?x' }),
        ask({ ...frame, url: 'app://other/index.html' }),
        ask({ ...frame, url: 'https://ui/index.html' }),
      ])
      const kinds = outcomes.map((reply) => {
        const { ok, failure } = reply as { ok: boolean; failure?: { kind: string; issues: { message: string }[] } }
        return ok ? 'answered' : failure?.issues[0]?.message
      })
      return {
        kinds,
        channels: [...handlers.keys()],
        listeners: ipcMain.eventNames().filter((name) => name !== 'error'),
      }
    })

    expect(answers).toEqual({
      kinds: ['answered', ...Array(6).fill('This page may not ask.')],
      channels: ['shell'],
      listeners: [],
    })
  })

  test('18. no page comes from a file, but from a protocol of its own', async () => {
    const own = await fetched('app://ui/index.html')
    const files = await launched.page.evaluate(
      (urls) => Promise.all(urls.map((url) => fetch(url).then(String, () => 'refused'))),
      ['file:///etc/hostname', `file://${ROOT}/package.json`],
    )

    expect([new URL(launched.page.url()).protocol, own, files]).toEqual(['app:', '200', ['refused', 'refused']])
  })

  test('20. no interface of Electron is given to the page', async () => {
    const { bridge, isFrozen, escaped } = await launched.page.evaluate(() => {
      const ways: (() => unknown)[] = [
        () => window.bridge.ask.constructor('return process')(),
        () => window.bridge.onEvent.constructor('return require')(),
        () => Reflect.get(window.bridge.ask, 'caller'),
        () => Reflect.get(window.bridge.ask, 'arguments'),
        () => Reflect.get(window, 'ipcRenderer'),
        () => Reflect.get(window, 'electron'),
        () => Reflect.get(window, 'require'),
        () => Reflect.get(window, 'process'),
        () => Reflect.get(window, 'electronBinding'),
        () => Reflect.get(window, '_linkedBinding'),
        () => Object.getOwnPropertyNames(window.bridge).find((key) => key !== 'ask' && key !== 'onEvent'),
        () => Object.getPrototypeOf(window.bridge.ask) !== Function.prototype || undefined,
        () => Object.assign(window.bridge, { ask: 1 }),
        () => Object.defineProperty(window.bridge, 'more', { value: 1 }),
        () => Object.setPrototypeOf(window.bridge, { more: 1 }),
        () => Reflect.deleteProperty(window.bridge, 'ask') || undefined,
        () => Reflect.set(window, 'bridge', null) && window.bridge === null,
      ]
      const escaped = ways.flatMap((way, at) => {
        try {
          const got = way()
          return got === undefined || got === null || got === false ? [] : [`way ${at}: ${typeof got}`]
        } catch {
          return []
        }
      })
      return { bridge: Object.keys(window.bridge), isFrozen: Object.isFrozen(window.bridge), escaped }
    })
    const answer = await launched.page.evaluate(() => window.bridge.ask('app.facts', {}))

    expect({ bridge, isFrozen, escaped }).toEqual({ bridge: ['ask', 'onEvent'], isFrozen: true, escaped: [] })
    expect(answer).toMatchObject({ ok: true })
  })

  test('the page’s files hold no call that would undo any of this', async () => {
    const found: string[] = []
    for (const name of await readdir(join(ROOT, 'out/main'))) {
      if (!name.endsWith('.js') || name.startsWith('engine')) continue
      const code = await readFile(join(ROOT, 'out/main', name), 'utf8')
      for (const word of ['executeJavaScript', 'enableRemoteModule', 'setUsePlainTextEncryption', 'insertCSS'])
        if (code.includes(word)) found.push(`${name}: ${word}`)
    }

    expect(found).toEqual([])
  })
})
