import { expect, test } from '@playwright/test'
import { shellContract } from '../../contract/contract'
import { windowOf } from '../support/app-window'
import { seededRandom } from '../support/builders'
import { type LaunchedApp, launchApp, removeUserData } from '../support/launch-app'
import { malformedInput, shapeOf } from '../support/malformed-input'

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
        ['vault.create', { passphrase: 'short' }],
        ['vault.create', { passphrase: 'x'.repeat(2000) }],
        ['vault.unlock', { passphrase: ['x'] }],
        ['vault.changePassphrase', { before: 'x', passphrase: '' }],
        ['vault.state', { file: '/etc/passwd' }],
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

  test('refuses 200 malformed inputs of every request before its handler', async () => {
    const { page } = launched
    const requests = Object.entries(shellContract).flatMap(([name, entry]) =>
      entry.shape === 'request' ? [{ name, shape: shapeOf(entry.input) }] : [],
    )
    const random = seededRandom(5)
    const outcomes: string[] = []
    for (const { name, shape } of requests) {
      const inputs: unknown[] = []
      while (inputs.length < 200) {
        const input = asPlain(malformedInput(shape, random))
        // The bridge may lose a key of this name: what arrives is then well-formed, and opens a dialog.
        if (!JSON.stringify(input).includes('["__proto__"')) inputs.push(input)
      }
      const said = await page.evaluate(askMalformed, { name, inputs })
      outcomes.push(...said.map((words) => `${name}: ${words}`))
    }

    // The door's own words: no handler has them.
    expect(outcomes.length).toBe(requests.length * 200)
    expect(outcomes.filter((words) => !/: The input is (?:malformed|too large)\.$/.test(words))).toEqual([])
    expect(await page.evaluate(() => window.bridge.ask('app.facts', {}))).toMatchObject({ ok: true })
  })

  test('lets no question change a prototype', async () => {
    const polluted = () => 'extra' in {}
    const question = () => window.bridge.ask('app.facts', JSON.parse('{"__proto__": {"extra": 1}}'))

    await launched.page.evaluate(question) // refused, or the key was lost on the way

    expect([await launched.page.evaluate(polluted), await launched.app.evaluate(polluted)]).toEqual([false, false])
    expect(await launched.page.evaluate(() => window.bridge.ask('app.facts', {}))).toMatchObject({ ok: true })
  })
})

/** What JSON has no word for, in words of its own; `asMalformed` makes it again in the page. */
function asPlain(value: unknown): unknown {
  if (value === undefined) return { $: 'undefined' }
  if (typeof value === 'bigint') return { $: 'bigint' }
  if (typeof value === 'number' && !Number.isFinite(value)) return { $: String(value) }
  if (value instanceof Map) return { $: 'map' }
  if (value instanceof Date) return { $: 'date' }
  if (Array.isArray(value)) return value.map(asPlain)
  if (typeof value !== 'object' || value === null) return value
  return { entries: Object.entries(value).map(([key, inner]) => [key, asPlain(inner)]) }
}

/** Runs in the page: asks each of the inputs and answers with what was said. */
async function askMalformed({ name, inputs }: { name: string; inputs: unknown[] }): Promise<string[]> {
  const special: Record<string, () => unknown> = {
    undefined: () => undefined,
    bigint: () => 1n,
    NaN: () => Number.NaN,
    Infinity: () => Number.POSITIVE_INFINITY,
    '-Infinity': () => Number.NEGATIVE_INFINITY,
    map: () => new Map([['profileId', 'a']]),
    date: () => new Date(0),
  }
  const made = (plain: unknown): unknown => {
    if (Array.isArray(plain)) return plain.map(made)
    if (typeof plain !== 'object' || plain === null) return plain
    if ('$' in plain) return special[String(plain.$)]?.()
    const value = {}
    // Not an assignment: to __proto__ it would make no key.
    for (const [key, inner] of Reflect.get(plain, 'entries') as [string, unknown][])
      Object.defineProperty(value, key, { value: made(inner), enumerable: true, configurable: true, writable: true })
    return value
  }
  const said = inputs.map(async (input) => {
    const reply = await window.bridge.ask(name, made(input)).catch((error: Error) => ({ ok: false, failure: error }))
    const failure: unknown = Reflect.get(Object(reply), 'failure')
    const issues: { message: string }[] = Reflect.get(Object(failure), 'issues') ?? []
    return issues[0]?.message ?? JSON.stringify({ input, reply })
  })
  return Promise.all(said)
}
