import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { build } from 'vite'
import { leaveOut } from './scripts/bundle/leave-out.mjs'

// The oldest runtime it must run on: Electron 33 (Node 20.18, Chromium 130), which development falls back to.
const NODE = 'node20.18'
const CHROMIUM = 'chrome130'

/** PostgreSQL's grammar looks for its WebAssembly beside the chunk that it was bundled into. */
const parserBesideChunks = {
  name: 'parser-beside-chunks',
  async generateBundle(this: { emitFile(file: object): string }) {
    const source = await readFile(resolve('node_modules/libpg-query/wasm/libpg-query.wasm'))
    this.emitFile({ type: 'asset', fileName: 'chunks/libpg-query.wasm', source })
  },
}

/** The command line is built with the engine that it runs; electron-vite knows three environments, and plain Node is none of them. */
const commandLine = {
  name: 'command-line',
  closeBundle: async () => {
    await build({ configFile: resolve('vite.cli.config.ts') })
  },
}

export default defineConfig({
  main: {
    plugins: [leaveOut, parserBesideChunks, commandLine],
    build: {
      outDir: 'out/main',
      externalizeDeps: false,
      target: NODE,
      rolldownOptions: {
        input: { main: resolve('electron/main/main.ts'), engine: resolve('electron/engine/engine.ts') },
        output: { format: 'es' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      target: NODE,
      rolldownOptions: {
        input: { preload: resolve('electron/preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react()],
    worker: { format: 'es' },
    build: {
      outDir: 'out/renderer',
      minify: true,
      // Monaco is one chunk of 4 MB that comes in after the window has painted.
      chunkSizeWarningLimit: 5000,
      target: CHROMIUM,
      rolldownOptions: { input: resolve('renderer/index.html') },
    },
  },
})
