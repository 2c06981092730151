import type {
  EngineContract,
  EngineEventName,
  EngineRequestName,
  EngineStreamName,
  ShellContract,
  ShellEventName,
  ShellRequestName,
} from '../contract/contract'
import type { EventValueOf, InputOf, OutputOf, StreamEventOf } from '../contract/define'
import type { Failure, Reply } from '../contract/failure'
import type { EngineMessage, StreamMessage, WindowMessage } from '../contract/wire'

interface ShellBridge {
  ask(name: string, input: unknown): Promise<unknown>
  onEvent(listener: (event: unknown) => void): void
}

declare global {
  interface Window {
    /** What the preload exposes; read here and nowhere else. */
    readonly bridge: ShellBridge
  }
}

type Listener = (value: unknown) => void

const engineListeners = new Map<string, Set<Listener>>()
const shellListeners = new Map<string, Set<Listener>>()
const waiting = new Map<number, (reply: Reply<unknown>) => void>()
const lossListeners = new Set<() => void>()
let lastId = 0
let port: MessagePort | null = null
let beforePort: { message: WindowMessage; ports: Transferable[] }[] = []

/** Asks the engine once; the reply is data, nothing is thrown. */
export function request<N extends EngineRequestName>(
  name: N,
  input: InputOf<EngineContract, N>,
): Promise<Reply<OutputOf<EngineContract, N>>> {
  lastId += 1
  const id = lastId
  return new Promise((resolve) => {
    // The engine's answer was made by the handler whose type this is.
    waiting.set(id, resolve as (reply: Reply<unknown>) => void)
    send({ type: 'ask', id, name, input }, [])
  })
}

/** A stream of the engine as the window holds it. */
export interface OpenStream {
  /** Resolves when the stream has ended: with null, or with the failure that ended it. */
  readonly ended: Promise<Failure | null>
  /** Closes the stream early; the engine cancels the work behind it. */
  close(): void
}

/** Opens a stream; `onEvent` is called for every event in order. */
export function openStream<N extends EngineStreamName>(
  name: N,
  input: InputOf<EngineContract, N>,
  onEvent: (event: StreamEventOf<EngineContract, N>) => void,
): OpenStream {
  return openGatheredStream(name, input, (events) => {
    for (const event of events) onEvent(event)
  })
}

/** Opens a stream; `onEvents` is called with all events that came together, in order. */
export function openGatheredStream<N extends EngineStreamName>(
  name: N,
  input: InputOf<EngineContract, N>,
  onEvents: (events: readonly StreamEventOf<EngineContract, N>[]) => void,
): OpenStream {
  const { port1, port2 } = new MessageChannel()
  let forget = () => {}
  const ended = new Promise<Failure | null>((resolve) => {
    const finish = (failure: Failure | null) => {
      lossListeners.delete(onLoss)
      port1.close()
      resolve(failure)
    }
    const onLoss = () => finish(engineGone())
    lossListeners.add(onLoss)
    forget = () => lossListeners.delete(onLoss)
    port1.onmessage = (message: MessageEvent<StreamMessage>) => {
      if (message.data.type === 'events') onEvents(message.data.events as StreamEventOf<EngineContract, N>[])
      else finish(message.data.failure as Failure | null)
    }
  })
  send({ type: 'open', name, input }, [port2])
  const close = () => {
    forget() // a view that looks again and again opens many
    port1.close()
  }
  return { ended, close }
}

/** Calls the listener for every such event of the engine; answers with how to stop. */
export function onEngineEvent<N extends EngineEventName>(
  name: N,
  listener: (value: EventValueOf<EngineContract, N>) => void,
): () => void {
  return listen(engineListeners, name, listener as Listener)
}

/** Asks the shell once; the reply is data, nothing is thrown. */
export async function askShell<N extends ShellRequestName>(
  name: N,
  input: InputOf<ShellContract, N>,
): Promise<Reply<OutputOf<ShellContract, N>>> {
  return (await window.bridge.ask(name, input)) as Reply<OutputOf<ShellContract, N>>
}

/** Calls the listener for every such event of the shell; answers with how to stop. */
export function onShellEvent<N extends ShellEventName>(
  name: N,
  listener: (value: EventValueOf<ShellContract, N>) => void,
): () => void {
  return listen(shellListeners, name, listener as Listener)
}

/** Connects to the engine, and again whenever it was restarted: then every open question and stream ends with a failure. */
export function connectEngine(): void {
  window.addEventListener('message', (event) => {
    const arrived = event.ports[0]
    if (event.source !== window || event.data !== 'engine-port' || arrived === undefined) return
    port = arrived
    port.onmessage = (message: MessageEvent<EngineMessage>) => receive(message.data)
    const kept = beforePort
    beforePort = []
    for (const { message, ports } of kept) port.postMessage(message, ports)
  })
  window.bridge.onEvent((event) => {
    const { name, value } = event as { name: string; value: unknown }
    if (name === 'engine.restarted') forgetEngine()
    for (const listener of shellListeners.get(name) ?? []) listener(value)
  })
  void askShell('engine.connect', {})
}

function forgetEngine(): void {
  port = null
  const failure = engineGone()
  for (const answer of waiting.values()) answer({ ok: false, failure })
  waiting.clear()
  for (const listener of [...lossListeners]) listener()
  void askShell('engine.connect', {})
}

function engineGone(): Failure {
  return {
    kind: 'connection',
    reason: 'lost',
    message: 'The part of Strata that talks to the server stopped and was started again.',
    advice: 'Sessions and results are gone; texts are kept. Run again to go on.',
  }
}

function send(message: WindowMessage, ports: Transferable[]): void {
  if (port === null) beforePort.push({ message, ports })
  else port.postMessage(message, ports)
}

function receive(message: EngineMessage): void {
  if (message.type === 'answer') {
    const answer = waiting.get(message.id)
    waiting.delete(message.id)
    answer?.(message.reply as Reply<unknown>)
    return
  }
  for (const listener of engineListeners.get(message.name) ?? []) listener(message.value)
}

function listen(all: Map<string, Set<Listener>>, name: string, listener: Listener): () => void {
  const own = all.get(name) ?? new Set()
  all.set(name, own)
  own.add(listener)
  return () => own.delete(listener)
}
