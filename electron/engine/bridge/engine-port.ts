import type { MessagePort as NodePort } from 'node:worker_threads'

/** One end of a message channel, the same whether Electron or Node made it. */
export interface EnginePort {
  post(message: unknown): void
  /** Calls the listener for every message with the ports that travelled with it. */
  onMessage(listener: (data: unknown, ports: readonly EnginePort[]) => void): void
  /** Calls the listener once when the other side has gone. */
  onClose(listener: () => void): void
  /** Begins delivery; messages wait until then. */
  start(): void
  close(): void
}

/** The part of Electron's `MessagePortMain` that is used; the engine does not import electron. */
export interface ElectronPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown; ports: readonly ElectronPort[] }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  start(): void
  close(): void
}

/** An `EnginePort` over Electron's port. */
export function fromElectronPort(port: ElectronPort): EnginePort {
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', (event) => listener(event.data, event.ports.map(fromElectronPort)))
    },
    onClose: (listener) => {
      port.on('close', listener)
    },
    start: () => port.start(),
    close: () => port.close(),
  }
}

/** An `EnginePort` over Node's port, for running the engine without Electron; ports travel inside the message as `ports`. */
export function fromNodePort(port: NodePort): EnginePort {
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', (envelope: { data: unknown; ports: readonly NodePort[] }) =>
        listener(envelope.data, envelope.ports.map(fromNodePort)),
      )
    },
    onClose: (listener) => {
      port.on('close', listener)
    },
    start: () => port.start(),
    close: () => port.close(),
  }
}
