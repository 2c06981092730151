import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type {
  EngineContract,
  EngineEventName,
  EngineHandlers,
  EngineRequestName,
  EngineStreamName,
} from '../../contract/contract'
import type { InputOf, OutputOf, StreamEventOf } from '../../contract/define'
import type { Failure, Reply } from '../../contract/failure'
import type { ProfileId, Target } from '../../contract/profile'
import type { SecretKind } from '../../contract/secret'
import type { EngineMessage, StreamMessage } from '../../contract/wire'
import { type EnginePort, fromNodePort } from '../../electron/engine/bridge/engine-port'
import { announcer, servePort } from '../../electron/engine/bridge/serve-port'
import { createHandlers } from '../../electron/engine/handlers'
import { openLog } from '../../electron/engine/log'
import { createEngine, type Engine } from '../../electron/engine/services'
import { serverBinaries } from './cluster'

/** A stream as a window holds it. */
export interface TestStream<E> {
  readonly events: readonly E[]
  /** Resolves with null, or with the failure that ended the stream. */
  readonly ended: Promise<Failure | null>
  /** Resolves when an event fits. */
  until(fits: (event: E) => boolean): Promise<E>
  /** Closes the port early, as a window that goes away does. */
  close(): void
}

/** The window's end of a port to the engine, without a window. */
export interface TestWindow {
  ask<N extends EngineRequestName>(
    name: N,
    input: InputOf<EngineContract, N>,
  ): Promise<Reply<OutputOf<EngineContract, N>>>
  /** The same, and throws when it failed. */
  get<N extends EngineRequestName>(name: N, input: InputOf<EngineContract, N>): Promise<OutputOf<EngineContract, N>>
  open<N extends EngineStreamName>(
    name: N,
    input: InputOf<EngineContract, N>,
  ): TestStream<StreamEventOf<EngineContract, N>>
  /** Asks whatever a window that went wrong might ask. */
  askAnything(name: string, input: unknown): Promise<Reply<unknown>>
  /** Opens whatever a window that went wrong might open. */
  openAnything(name: string, input: unknown): TestStream<unknown>
  /** Sends whatever a window that went wrong might send. */
  send(data: unknown): void
  /** Events that the engine announced. */
  readonly announced: readonly { readonly name: string; readonly value: unknown }[]
  close(): void
}

/** Opens a window on handlers; `ports` gets the engine's end, for announcements. */
export function openWindow(handlers: EngineHandlers, log: (line: string) => void, ports = new Set<EnginePort>()) {
  const { port1, port2 } = new MessageChannel()
  const enginePort = fromNodePort(port2)
  ports.add(enginePort)
  enginePort.onClose(() => ports.delete(enginePort))
  servePort(enginePort, handlers, log)
  return windowOn(port1)
}

/** The window at the other end of a port that an engine serves. */
export function windowOn(port: MessagePort): TestWindow {
  const waiting = new Map<number, (reply: Reply<unknown>) => void>()
  const announced: { name: string; value: unknown }[] = []
  let lastId = 0
  port.on('message', (message: EngineMessage) => {
    if (message.type === 'event') announced.push({ name: message.name, value: message.value })
    else {
      waiting.get(message.id)?.(message.reply as Reply<unknown>) // made by the handler, which is typed by the contract
      waiting.delete(message.id)
    }
  })
  const askAnything = (name: string, input: unknown): Promise<Reply<unknown>> =>
    new Promise((settle) => {
      lastId += 1
      waiting.set(lastId, settle)
      port.postMessage({ data: { type: 'ask', id: lastId, name, input }, ports: [] })
    })
  const openAnything = (name: string, input: unknown): TestStream<unknown> => {
    const { port1, port2 } = new MessageChannel()
    const stream = streamOn(port1)
    port.postMessage({ data: { type: 'open', name, input }, ports: [port2] }, [port2])
    return stream
  }
  return {
    ask: (name, input) => askAnything(name, input) as never,
    get: async (name, input) => {
      const reply = await askAnything(name, input)
      if (reply.ok) return reply.value as never
      throw new Error(`${name} failed: ${JSON.stringify(reply.failure)}`)
    },
    open: (name, input) => openAnything(name, input) as never,
    askAnything,
    openAnything,
    send: (data) => port.postMessage({ data, ports: [] }),
    announced,
    close: () => port.close(),
  }
}

function streamOn(port: MessagePort): TestStream<unknown> {
  const events: unknown[] = []
  const checks = new Set<() => void>()
  const ended = new Promise<Failure | null>((settle) => {
    port.on('message', (message: StreamMessage) => {
      if (message.type === 'events') {
        for (const event of message.events) events.push(event)
        for (const check of [...checks]) check()
        return
      }
      port.close()
      settle(message.failure as Failure | null) // made by the engine's `toFailure`
    })
  })
  return {
    events,
    ended,
    until: (fits) =>
      new Promise((settle) => {
        const check = () => {
          const found = events.find(fits)
          if (found === undefined) return
          checks.delete(check)
          settle(found)
        }
        checks.add(check)
        check()
      }),
    close: () => port.close(),
  }
}

/** A whole engine under plain Node, with real files in a folder of its own. */
export interface TestEngine {
  readonly engine: Engine
  readonly userData: string
  /** The engine's log file. */
  readonly logFile: string
  openWindow(): TestWindow
  /** Passwords that the shell would know, by profile. */
  readonly passwords: Map<ProfileId, string>
  /** Whose secrets were asked for. */
  readonly asked: readonly { readonly profileId: ProfileId; readonly kind: SecretKind; readonly target: Target }[]
  /** What became of those that were known. */
  readonly outcomes: readonly ('worked' | 'refused')[]
  stop(): Promise<void>
}

/** Starts a whole engine; stop it. */
export async function startTestEngine(): Promise<TestEngine> {
  const userData = await mkdtemp(join(tmpdir(), 'strata-engine-'))
  const logFile = join(userData, 'logs', 'engine.log')
  const log = openLog(logFile)
  const ports = new Set<EnginePort>()
  const passwords = new Map<ProfileId, string>()
  const asked: { profileId: ProfileId; kind: SecretKind; target: Target }[] = []
  const outcomes: ('worked' | 'refused')[] = []
  const announce = announcer(ports, log)
  const engine = createEngine({
    userData,
    binaries: serverBinaries(),
    samples: resolve(import.meta.dirname, '../../migrations'),
    appVersion: '0.0.0-test',
    log,
    announce: (name: EngineEventName, value) => announce(name, value),
    findSecret: async (profileId, kind, target) => {
      asked.push({ profileId, kind, target })
      const secret = kind === 'password' ? passwords.get(profileId) : undefined
      return secret === undefined ? null : { secret, tell: (outcome) => outcomes.push(outcome) }
    },
    askHostKey: async () => 'cancel',
    // Not the one of whoever runs the tests.
    passwordFile: join(userData, 'pgpass'),
    offerSecret: (profile, kind, secret) => {
      if (kind === 'password') passwords.set(profile.id, secret)
    },
    profileRemoved: (profileId) => passwords.delete(profileId),
  })
  const handlers = createHandlers(engine.services)
  const windows: TestWindow[] = []
  return {
    engine,
    userData,
    logFile,
    passwords,
    asked,
    outcomes,
    openWindow: () => {
      const opened = openWindow(handlers, log, ports)
      windows.push(opened)
      return opened
    },
    stop: async () => {
      for (const opened of windows) opened.close()
      await engine.stop()
      await rm(userData, { recursive: true, force: true })
    },
  }
}
