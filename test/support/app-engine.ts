import type { Page } from '@playwright/test'
import type { EngineContract, EngineRequestName } from '../../contract/contract'
import type { InputOf, OutputOf } from '../../contract/define'
import type { Reply } from '../../contract/failure'

/** Asks the app's engine, in its own process and with Electron's own runtime, over a port of the window. */
export async function askEngine<N extends EngineRequestName>(
  page: Page,
  name: N,
  input: InputOf<EngineContract, N>,
): Promise<Reply<OutputOf<EngineContract, N>>> {
  const answer = await page.evaluate(
    async ([entry, asked]) => {
      const arriving = new Promise<MessagePort>((resolve) => {
        window.addEventListener('message', function hear({ data, ports: [port] }) {
          if (data !== 'engine-port' || port === undefined) return
          window.removeEventListener('message', hear)
          resolve(port)
        })
      })
      await window.bridge.ask('engine.connect', {})
      const port = await arriving
      const id = 1_000_000_000 + Math.floor(Math.random() * 1_000_000_000)
      return new Promise<unknown>((resolve) => {
        port.addEventListener('message', function hear({ data }) {
          if (data.type !== 'answer' || data.id !== id) return
          port.removeEventListener('message', hear)
          resolve(data.reply)
        })
        port.start()
        port.postMessage({ type: 'ask', id, name: entry, input: asked })
      })
    },
    [name, input] as const,
  )
  return answer as Reply<OutputOf<EngineContract, N>> // made by the handler whose type this is
}
