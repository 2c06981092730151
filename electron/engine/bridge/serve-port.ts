import { type EngineContract, type EngineHandlers, engineContract } from '../../../contract/contract'
import type { Channel, RequestEntry, StreamEntry } from '../../../contract/define'
import type { Reply } from '../../../contract/failure'
import { type EngineMessage, type StreamMessage, windowMessage } from '../../../contract/wire'
import { FailureError } from '../failure-error'
import type { Log } from '../log'
import { parseInput } from './dispatch'
import type { EnginePort } from './engine-port'
import { gather } from './gather'
import { toFailure } from './to-failure'

type AnyHandler = (input: unknown, channel?: Channel<unknown>) => unknown

/** The one door of the engine: answers requests and opens streams of one window until its port closes. */
export function servePort(port: EnginePort, handlers: EngineHandlers, log: Log): void {
  port.onMessage((data, ports) => {
    const parsed = windowMessage.safeParse(data)
    if (!parsed.success) {
      log('a message of another shape was dropped')
      return
    }
    const message = parsed.data
    if (message.type === 'ask') {
      void answer(message.name, message.input, handlers, log).then((reply) =>
        post(port, { type: 'answer', id: message.id, reply }, log),
      )
      return
    }
    const own = ports[0]
    if (own !== undefined) void openStream(message.name, message.input, own, handlers, log)
  })
  port.start()
}

/** Announces a fact to every window that is served. */
export function announcer(ports: ReadonlySet<EnginePort>, log: Log): (name: string, value: unknown) => void {
  return (name, value) => {
    for (const port of ports) post(port, { type: 'event', name, value }, log)
  }
}

async function answer(name: string, input: unknown, handlers: EngineHandlers, log: Log): Promise<Reply<unknown>> {
  try {
    const entry = find(name, 'request')
    return { ok: true, value: await handlerOf(handlers, name)(parseInput(entry, input)) }
  } catch (error) {
    return { ok: false, failure: toFailure(error, log) }
  }
}

async function openStream(
  name: string,
  input: unknown,
  port: EnginePort,
  handlers: EngineHandlers,
  log: Log,
): Promise<void> {
  const listeners = new Set<() => void>()
  let isClosed = false
  port.onClose(() => {
    isClosed = true
    for (const listener of [...listeners]) listener()
    listeners.clear()
  })
  const outbox = gather<unknown>((events) => post(port, { type: 'events', events }, log))
  const channel: Channel<unknown> = {
    get isClosed() {
      return isClosed
    },
    send: (event) => {
      if (!isClosed) outbox.add(event)
    },
    onClose: (listener) => {
      if (isClosed) listener()
      else listeners.add(listener)
    },
  }
  port.start()
  let end: StreamMessage = { type: 'end', failure: null }
  try {
    const entry = find(name, 'stream')
    await handlerOf(handlers, name)(parseInput(entry, input), channel)
  } catch (error) {
    end = { type: 'end', failure: toFailure(error, log) }
  }
  listeners.clear()
  outbox.flush()
  // The window closes the port when it has seen the end: closing here could overtake it.
  post(port, end, log)
}

function find(name: string, shape: 'request'): RequestEntry
function find(name: string, shape: 'stream'): StreamEntry
function find(name: string, shape: 'request' | 'stream'): RequestEntry | StreamEntry {
  const entry = Object.hasOwn(engineContract, name) ? engineContract[name as keyof EngineContract] : undefined
  if (entry === undefined || entry.shape !== shape) {
    throw new FailureError({ kind: 'refused', issues: [{ path: 'name', message: 'There is no such entry.' }] })
  }
  return entry
}

function handlerOf(handlers: EngineHandlers, name: string): AnyHandler {
  // `find` has checked that the contract owns the name; the mapped type guarantees the handler.
  return handlers[name as keyof EngineHandlers] as AnyHandler
}

function post(port: EnginePort, message: EngineMessage | StreamMessage, log: Log): void {
  try {
    port.post(message)
  } catch (error) {
    log(`a message could not be sent: ${error instanceof Error ? error.message : String(error)}`)
  }
}
