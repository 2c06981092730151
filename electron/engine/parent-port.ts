import { type EngineToShell, type ShellMessage, shellMessage } from '../../contract/wire'
import type { ElectronPort } from './bridge/engine-port'

/** Electron's port between a utility process and its parent; typed here because the engine does not import electron. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown; ports: readonly ElectronPort[] }) => void): void
}

/** The engine's line to the shell. */
export interface ShellLine {
  tell(message: EngineToShell): void
  /** Calls the listener for every message that parses; others are dropped. */
  onMessage(listener: (message: ShellMessage, ports: readonly ElectronPort[]) => void): void
}

/** The line of this process to the shell; throws when it was not forked by Electron. */
export function openShellLine(): ShellLine {
  const { parentPort } = process as unknown as { parentPort?: ParentPort }
  if (parentPort === undefined) throw new Error('the engine runs as a utility process of Strata')
  return {
    tell: (message) => parentPort.postMessage(message),
    onMessage: (listener) =>
      parentPort.on('message', ({ data, ports }) => {
        const parsed = shellMessage.safeParse(data)
        if (parsed.success) listener(parsed.data, ports)
      }),
  }
}
