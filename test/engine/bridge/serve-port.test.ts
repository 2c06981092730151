import { afterEach, describe, expect, it } from 'vitest'
import { type EngineHandlers, engineContract } from '../../../contract/contract'
import type { Channel } from '../../../contract/define'
import type { ProfileId } from '../../../contract/profile'
import type { SessionId } from '../../../contract/session'
import type { EnginePort } from '../../../electron/engine/bridge/engine-port'
import { announcer } from '../../../electron/engine/bridge/serve-port'
import { FailureError } from '../../../electron/engine/failure-error'
import { seededRandom } from '../../support/builders'
import { malformedInput, shapeOf, validInput } from '../../support/malformed-input'
import { openWindow, type TestWindow } from '../../support/port-pair'

type AnyHandler = (input: unknown, channel: Channel<unknown>) => unknown

const entries = Object.entries(engineContract).filter(([, entry]) => entry.shape !== 'event')
const streams = new Set(entries.filter(([, entry]) => entry.shape === 'stream').map(([name]) => name))

let windows: TestWindow[] = []
afterEach(() => {
  for (const window of windows) window.close()
  windows = []
})

/** A window on handlers that only note that they were reached, but for those given. */
function aDoor(own: Record<string, AnyHandler> = {}, ports = new Set<EnginePort>()) {
  const reached: { name: string; input: unknown }[] = []
  const log: string[] = []
  const handlers = Object.fromEntries(
    entries.map(([name]) => [
      name,
      (input: unknown, channel: Channel<unknown>) => {
        reached.push({ name, input })
        return own[name]?.(input, channel) ?? null
      },
    ]),
  )
  const window = openWindow(handlers as unknown as EngineHandlers, (line) => log.push(line), ports)
  windows.push(window)
  const call = (name: string, input: unknown) =>
    streams.has(name)
      ? window.openAnything(name, input).ended.then((failure) => failure?.kind ?? 'ok')
      : window.askAnything(name, input).then((reply) => (reply.ok ? 'ok' : reply.failure.kind))
  return { window, reached, log, call }
}

const profileId = 'profile-1' as ProfileId // branded here: no profile is saved in these tests
const sessionId = 'session-1' as SessionId // branded here: no session is open in these tests

describe('the door of the engine', () => {
  it.each(entries)('lets what %s asks for through', async (name, entry) => {
    if (entry.shape === 'event') return
    const random = seededRandom(1)
    const { call, reached } = aDoor()
    const inputs = Array.from({ length: 10 }, () => validInput(shapeOf(entry.input), random))

    const kinds = await Promise.all(inputs.map((input) => call(name, input)))

    expect(kinds).toEqual(inputs.map(() => 'ok'))
    expect(reached).toEqual(inputs.map((input) => ({ name, input })))
  })

  it.each(entries)('refuses 200 malformed inputs of %s before its handler', async (name, entry) => {
    if (entry.shape === 'event') return
    const random = seededRandom(200)
    const { call, reached } = aDoor()
    const shape = shapeOf(entry.input)
    const inputs = Array.from({ length: 200 }, () => malformedInput(shape, random))

    const kinds = await Promise.all(inputs.map((input) => call(name, input)))

    expect(reached).toEqual([])
    expect(kinds).toEqual(inputs.map(() => 'refused'))
  })

  it.each(['', 'nothing', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'profile.changed', 'query.run'])(
    'has no request called "%s"',
    async (name) => {
      const { window, reached } = aDoor()
      if (name === '') {
        window.send({ type: 'ask', id: 1, name, input: {} })
        expect((await window.askAnything('profile.list', {})).ok).toBe(true)
        return
      }

      const reply = await window.askAnything(name, {})

      expect(reply).toEqual({
        ok: false,
        failure: { kind: 'refused', issues: [{ path: 'name', message: 'There is no such entry.' }] },
      })
      expect(reached).toEqual([])
    },
  )

  it.each(['nothing', '__proto__', 'constructor', 'toString', 'profile.list', 'session.lost'])(
    'has no stream called "%s"',
    async (name) => {
      const { window, reached } = aDoor()

      const failure = await window.openAnything(name, {}).ended

      expect(failure).toEqual({ kind: 'refused', issues: [{ path: 'name', message: 'There is no such entry.' }] })
      expect(reached).toEqual([])
    },
  )

  it('drops messages of another shape and goes on', async () => {
    const { window, reached, log } = aDoor()
    const messages = [
      null,
      'ask',
      {},
      { type: 'ask', name: 'profile.list', input: {} },
      { type: 'ask', id: 0, name: 'profile.list', input: {} },
      { type: 'ask', id: 1, name: 'profile.list', input: {}, more: 1 },
      { type: 'ask', id: 1, name: 7, input: {} },
      { type: 'ask', id: 1, name: 'x'.repeat(65), input: {} },
      { type: 'run', id: 1, name: 'profile.list', input: {} },
      { type: 'open', name: 'query.run', input: {} }, // no port came with it
    ]

    for (const message of messages) window.send(message)
    await window.askAnything('profile.list', {})

    expect(reached.map(({ name }) => name)).toEqual(['profile.list'])
    expect(log).toEqual(Array(9).fill('a message of another shape was dropped'))
  })

  it('refuses an input larger than its entry allows, and does not repeat it', async () => {
    const { window, reached } = aDoor()
    const inputs = [
      { profileId: 'x'.repeat(70_000) },
      { profileId, extra: new Uint8Array(70_000) },
      { profileId, ['k'.repeat(70_000)]: 1 },
      { profileId, extra: Array(5000).fill(0) },
    ]

    const replies = await Promise.all(inputs.map((input) => window.askAnything('profile.open', input)))

    const tooLarge = { kind: 'refused', issues: [{ path: '', message: 'The input is too large.' }] }
    expect(replies).toEqual(inputs.map(() => ({ ok: false, failure: tooLarge })))
    expect(reached).toEqual([])
  })

  it('takes text of the user up to its own limit', async () => {
    const { call, reached } = aDoor()
    const run = { sessionId, script: 'x'.repeat(8 * 1024 * 1024), range: null, commitMode: 'auto' }

    const kinds = [await call('query.run', run), await call('session.close', { sessionId: run.script })]

    expect(kinds).toEqual(['ok', 'refused'])
    expect(reached.length).toBe(1)
  })

  it('refuses deep and circular nesting', async () => {
    const { window, reached } = aDoor()
    let deep: unknown = 'a'
    for (let level = 0; level < 1_000; level += 1) deep = { deep }
    const circle: Record<string, unknown> = { profileId }
    circle.self = circle

    const replies = await Promise.all([deep, circle].map((input) => window.askAnything('profile.open', input)))

    const tooLarge = { kind: 'refused', issues: [{ path: '', message: 'The input is too large.' }] }
    expect(replies).toEqual(replies.map(() => ({ ok: false, failure: tooLarge })))
    expect(reached).toEqual([])
  })

  it('does not repeat a refused value, which may be a secret', async () => {
    const { window } = aDoor()
    const target = { host: 'h', port: 1, database: 'd', role: 'r', tlsMode: 'disable', rootCertificate: null }

    const reply = await window.askAnything('profile.test', { target, secrets: ['hunter2'], profileId: 'hunter2 ' })

    expect(reply.ok).toBe(false)
    expect(JSON.stringify(reply)).not.toContain('hunter2')
  })
})

describe('an answer', () => {
  it('fact 1: carries a thrown failure whole', async () => {
    const failure = {
      kind: 'postgres',
      severity: 'ERROR',
      code: '42P01',
      message: 'm',
      detail: 'd',
      position: 3,
    } as const
    const { window } = aDoor({
      'profile.open': () => {
        throw new FailureError(failure)
      },
    })

    expect(await window.askAnything('profile.open', { profileId })).toEqual({ ok: false, failure })
  })

  it('fact 1: to anything else thrown is a defect, whose stack is in the log only', async () => {
    const thrown: unknown[] = [new Error('secret inside'), 'secret inside', { secret: 'inside' }, undefined]
    const doors = thrown.map((error) =>
      aDoor({
        'profile.open': () => {
          throw error
        },
      }),
    )

    const replies = await Promise.all(doors.map(({ window }) => window.askAnything('profile.open', { profileId })))

    for (const [index, reply] of replies.entries()) {
      const reference = !reply.ok && reply.failure.kind === 'defect' ? reply.failure.reference : ''
      expect(reply).toEqual({
        ok: false,
        failure: {
          kind: 'defect',
          message: `Strata ran into a fault of its own (${reference}). The log has the details.`,
          reference: expect.stringMatching(/^[0-9a-f]{8}$/),
        },
      })
      expect(doors[index]?.log).toEqual([expect.stringContaining(`defect ${reference}: `)])
    }
    expect(doors[0]?.log[0]).toContain('serve-port.test.ts')
    expect(JSON.stringify(replies)).not.toContain('secret')
  })

  it('is given to each call, in whatever order they end', async () => {
    const ends: (() => void)[] = []
    const { window } = aDoor({
      'profile.open': () => new Promise((settle) => ends.push(() => settle(null))),
      'session.close': () => 'second',
    })
    const first = window.askAnything('profile.open', { profileId })

    const second = await window.askAnything('session.close', { sessionId })

    expect(second).toEqual({ ok: true, value: 'second' })
    ends[0]?.()
    expect(await first).toEqual({ ok: true, value: null })
  })

  it('that cannot cross is logged, and the door stays open', async () => {
    const { window, log } = aDoor({ 'profile.open': () => () => 'a function' })

    void window.askAnything('profile.open', { profileId })

    await expect.poll(() => log).toEqual([expect.stringContaining('a message could not be sent')])
    expect((await window.askAnything('profile.list', {})).ok).toBe(true)
  })
})

describe('a stream', () => {
  const run = { sessionId, script: '', range: null, commitMode: 'auto' }

  it('sends its events in order and ends', async () => {
    const { window } = aDoor({
      'query.run': (_input, channel) => {
        for (let i = 0; i < 1000; i += 1) channel.send(i)
      },
    })
    const stream = window.openAnything('query.run', run)

    expect(await stream.ended).toBeNull()
    expect(stream.events).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  })

  it('ends with a failure as data', async () => {
    const { window, log } = aDoor({
      'query.run': async () => {
        throw new Error('broken')
      },
    })

    const failure = await window.openAnything('query.run', run).ended

    expect(failure).toMatchObject({ kind: 'defect' })
    expect(log).toEqual([expect.stringContaining('broken')])
  })

  it('tells the work behind it once that the window has gone', async () => {
    const heard: string[] = []
    const channels: Channel<unknown>[] = []
    const { window } = aDoor({
      'query.run': (_input, channel) => {
        channels.push(channel)
        channel.onClose(() => heard.push('closed'))
        channel.send('started')
        return new Promise(() => {})
      },
    })
    const stream = window.openAnything('query.run', run)
    await stream.until((event) => event === 'started')

    stream.close()

    await expect.poll(() => heard).toEqual(['closed'])
    const [channel] = channels
    channel?.send('late')
    channel?.onClose(() => heard.push('at once'))
    expect([channel?.isClosed, heard, stream.events]).toEqual([true, ['closed', 'at once'], ['started']])
  })
})

describe('an announcement', () => {
  it('reaches every window, and those that went are forgotten', async () => {
    const ports = new Set<EnginePort>()
    const [one, two] = [aDoor({}, ports), aDoor({}, ports)]
    const announce = announcer(ports, () => {})

    announce('catalog.changed', { profileId })

    const expected = [{ name: 'catalog.changed', value: { profileId } }]
    await expect.poll(() => [one.window.announced, two.window.announced]).toEqual([expected, expected])
    one.window.close()
    await expect.poll(() => ports.size).toBe(1)
  })
})
