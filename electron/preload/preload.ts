import { contextBridge, ipcRenderer } from 'electron'

// The engine's port arrives here and goes on to the page untouched; only our own top frame loads this script.
ipcRenderer.on('engine-port', (event) => {
  window.postMessage('engine-port', window.location.origin, event.ports)
})

contextBridge.exposeInMainWorld(
  'bridge',
  Object.freeze({
    ask: (name: unknown, input: unknown): Promise<unknown> => ipcRenderer.invoke('shell', { name, input }),
    onEvent: (listener: (event: unknown) => void): void => {
      ipcRenderer.on('shell-event', (_event, message: unknown) => listener(message))
    },
  }),
)
