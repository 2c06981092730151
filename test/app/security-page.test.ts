import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@playwright/test'
import { windowOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

const PAGE = 'app://ui/index.html'

// Nothing of the page is used but what any script in it could use.
test.describe('a script in the page', () => {
  test.describe.configure({ mode: 'default' })
  let launched: LaunchedApp
  let outside: Server
  /** What came to a server outside. */
  const asked: string[] = []
  let origin: string

  test.beforeAll(async () => {
    outside = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.setHeader('access-control-allow-origin', '*').end('hello')
    })
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve))
    origin = `127.0.0.1:${(outside.address() as AddressInfo).port}`
    launched = await launchApp()
    await windowOf(launched.page).startLocal.waitFor()
  })
  test.afterEach(async () => {
    // Whatever was tried: the page is still ours, alone, and nothing came outside.
    const windows = await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
    expect({ url: launched.page.url(), windows, asked }).toEqual({ url: PAGE, windows: 1, asked: [] })
  })
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
    outside.close()
  })

  test('reaches no server, by any of the ways there are', async () => {
    const refused = await launched.page.evaluate(async (host) => {
      const ways: Record<string, () => Promise<unknown>> = {
        fetch: () => fetch(`http://${host}/fetch`),
        'no-cors fetch': () => fetch(`http://${host}/no-cors`, { mode: 'no-cors' }),
        'own fetch': () => fetch('app://ui/index.html'),
        XHR: () =>
          new Promise((resolve, reject) => {
            const request = new XMLHttpRequest()
            request.onload = resolve
            request.onerror = () => reject(new Error('refused'))
            request.open('GET', `http://${host}/xhr`)
            request.send()
          }),
        WebSocket: () =>
          new Promise((resolve, reject) => {
            const socket = new WebSocket(`ws://${host}/socket`)
            socket.onopen = resolve
            socket.onerror = () => reject(new Error('refused'))
          }),
        EventSource: () =>
          new Promise((resolve, reject) => {
            const source = new EventSource(`http://${host}/events`)
            source.onopen = resolve
            source.onerror = () => {
              source.close()
              reject(new Error('refused'))
            }
          }),
        image: () =>
          new Promise((resolve, reject) => {
            const image = new Image()
            image.onload = resolve
            image.onerror = () => reject(new Error('refused'))
            image.src = `http://${host}/image`
          }),
        style: () =>
          new Promise((resolve, reject) => {
            const link = Object.assign(document.createElement('link'), {
              rel: 'stylesheet',
              href: `http://${host}/style`,
              onload: resolve,
              onerror: () => reject(new Error('refused')),
            })
            document.head.append(link)
          }),
        font: () => new FontFace('stolen', `url(http://${host}/font)`).load(),
        import: () => import(`http://${host}/module.js`),
      }
      navigator.sendBeacon(`http://${host}/beacon`, 'x')
      const outcomes = await Promise.allSettled(Object.values(ways).map((way) => way()))
      return Object.keys(ways).filter((_, at) => outcomes[at]?.status === 'rejected')
    }, origin)

    expect(refused).toEqual([
      'fetch',
      'no-cors fetch',
      'own fetch',
      'XHR',
      'WebSocket',
      'EventSource',
      'image',
      'style',
      'font',
      'import',
    ])
  })

  test('makes no frame that has a bridge or a port', async () => {
    const seen = await launched.page.evaluate(async () => {
      const violation = new Promise<string>((resolve) =>
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), {
          once: true,
        }),
      )
      const bridges: string[] = []
      for (const src of ['app://ui/index.html', 'about:blank', null]) {
        const frame = document.createElement('iframe')
        if (src !== null) frame.src = src
        const loaded = new Promise((resolve) => {
          frame.onload = resolve
        })
        document.body.append(frame)
        await loaded
        try {
          bridges.push(typeof frame.contentWindow?.window.bridge)
        } catch {
          bridges.push('another origin')
        }
        frame.remove()
      }
      return { bridges, violated: await violation }
    })

    expect(seen).toEqual({ bridges: ['another origin', 'undefined', 'undefined'], violated: 'frame-src' })
  })

  test('runs no text as code', async () => {
    const ran = await launched.page.evaluate(() => {
      const tries: Record<string, () => void> = {
        'inner HTML': () => {
          document.createElement('div').innerHTML = '<img src=x onerror="window.ran = true">'
        },
        'inline script': () => {
          const script = document.createElement('script')
          script.textContent = 'window.ran = true'
          document.body.append(script)
        },
        'policy of our own': () => {
          // Not in the DOM types of this TypeScript.
          const types: { createPolicy(name: string, rules: object): unknown } = Reflect.get(window, 'trustedTypes')
          types.createPolicy('mine', { createHTML: (text: string) => text })
        },
        worker: () => {
          new Worker('data:text/javascript,postMessage(1)')
        },
      }
      const done = Object.keys(tries).filter((name) => {
        try {
          tries[name]?.()
          return true
        } catch {
          return false
        }
      })
      return { done, ran: 'ran' in window }
    })

    expect(ran).toEqual({ done: [], ran: false })
  })
})
