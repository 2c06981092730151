import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { EngineToShell } from '../../../contract/wire'
import type { ElectronPort } from '../../../electron/engine/bridge/engine-port'

// umzug's command line, which is never used, reads this name while it is loaded; an ES module has none.
Object.assign(globalThis, { require: createRequire(import.meta.url) })

/** Stands where Electron puts the line to the shell; must be loaded before the engine's entry. */
class FakeShell extends EventEmitter {
  readonly heard: EngineToShell[] = []

  /** What the engine calls to tell the shell something. */
  postMessage(message: EngineToShell): void {
    this.heard.push(message)
    this.emit('heard', message)
  }

  /** Tells the engine something. */
  tell(data: unknown, ports: readonly ElectronPort[] = []): void {
    this.emit('message', { data, ports })
  }

  /** Hands the engine a port, as the shell does for a window, and gives the window's end. */
  openPort(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    this.tell({ type: 'port' }, [asElectronPort(port2)])
    return port1
  }
}

function asElectronPort(port: MessagePort): ElectronPort {
  return {
    postMessage: (message) => port.postMessage(message),
    on: (event: 'message' | 'close', listener: (event: never) => void) => {
      if (event === 'close') port.on('close', listener as () => void)
      else {
        port.on('message', ({ data, ports }: { data: unknown; ports: readonly MessagePort[] }) =>
          listener({ data, ports: ports.map(asElectronPort) } as never),
        )
      }
    },
    start: () => port.start(),
    close: () => port.close(),
  }
}

/** The shell of this process. */
export const shell = new FakeShell()
Object.assign(process, { parentPort: shell })
