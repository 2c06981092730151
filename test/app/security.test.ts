import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { listEntries } from '../support/app-files'
import { enginePid, environmentOf } from '../support/app-processes'
import { startLocalDatabase, windowOf } from '../support/app-window'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'

const RENDERER = join(import.meta.dirname, '../../out/renderer')

test.describe('the app', () => {
  test.describe.configure({ mode: 'default' })
  let launched: LaunchedApp

  test.beforeAll(async () => {
    const env = { PGHOST: 'evil.invalid', PGPASSWORD: 'from the shell', PGSSLMODE: 'disable', PGSERVICE: 'x' }
    launched = await launchApp({ env: { ...env, NODE_EXTRA_CA_CERTS: '/dev/null', SSL_CERT_FILE: '/dev/null' } })
    await startLocalDatabase(launched.page)
  })
  test.afterAll(async () => {
    await launched.close()
    await removeUserData(launched.userData)
  })

  test('breaks no rule of its own content security policy', async () => {
    await windowOf(launched.page).editor.focus()
    await launched.page.keyboard.type('select 1 from pg_class')

    launched.assertNoViolations()
  })

  test('allows exactly the Trusted Types policies that the built page creates', async () => {
    const header = await launched.app.evaluate(async ({ session }) => {
      const answer = await session.fromPartition('ui').fetch('app://ui/index.html')
      return answer.headers.get('content-security-policy') ?? ''
    })
    const allowed = /(?:^|; )trusted-types ([^;]*)/.exec(header)?.[1]?.split(' ') ?? []

    const created = new Set<string>()
    for (const name of await readdir(RENDERER, { recursive: true })) {
      if (!name.endsWith('.js')) continue
      const code = await readFile(join(RENDERER, name), 'utf8')
      for (const [, policy = ''] of code.matchAll(
        /[(=]\s*["'`]([\w#-]+)["'`]\s*,\s*\{\s*create(?:HTML|Script|ScriptURL)\b/g,
      ))
        created.add(policy)
      if (/["'`]dompurify["'`]/.test(code)) created.add('dompurify') // its name is put together at run time
    }

    expect(allowed.sort()).toEqual([...created].sort())
  })

  test('serves nothing but the files of its page', async () => {
    const statuses = await launched.app.evaluate(async ({ session }) => {
      const ui = session.fromPartition('ui')
      const ask = (url: string, method = 'GET') =>
        ui.fetch(url, { method }).then(
          (answer) => answer.status,
          () => 0,
        )
      return {
        page: await ask('app://ui/index.html'),
        others: await Promise.all(
          [
            'app://ui/',
            'app://ui/nope.js',
            'app://ui/../main/main.js',
            'app://ui/%2e%2e/main/main.js',
            'app://ui/..%2fmain%2fmain.js',
            'app://ui/assets/../../main/main.js',
            'app://ui/..\\main\\main.js',
            'app://ui//etc/hostname',
            'app://ui/__proto__',
            'app://ui/constructor',
            'app://other/index.html',
          ].map((url) => ask(url)),
        ),
        post: await ask('app://ui/index.html', 'POST'),
      }
    })

    expect(statuses.page).toBe(200)
    // 0: refused before it was asked.
    expect([...statuses.others, statuses.post].filter((status) => status !== 0 && status !== 404)).toEqual([])
  })

  test('lets none of libpq’s variables reach the engine', async () => {
    test.skip(process.platform !== 'linux', 'reads /proc')

    const names = Object.keys(await environmentOf(await enginePid(launched.app)))
    const inMain = await launched.app.evaluate(() => Object.keys(process.env).filter((name) => name.startsWith('PG')))

    expect(names.filter((name) => /^(PG|NODE_|SSL_|https?_proxy)/i.test(name))).toEqual([])
    expect(names).toContain('PATH')
    expect(inMain).toEqual([])
  })

  test('keeps its files from other users', async () => {
    test.skip(process.platform === 'win32', 'has no permission bits')
    const { userData } = launched

    // Chromium's own, with nothing secret in them; the second only where a test drives the app.
    const ofChromium = ['Crashpad/client_id', 'DevToolsActivePort']
    const open = (await listEntries(userData)).filter(
      ({ path, mode }) => (mode & 0o077) !== 0 && !ofChromium.includes(path),
    )

    expect((await stat(userData)).mode & 0o777).toBe(0o700)
    expect(open.map(({ path, mode }) => `${path} ${mode.toString(8)}`)).toEqual([])
  })
})
