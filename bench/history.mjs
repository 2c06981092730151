// Measures the history of runs with 100,000 entries: reading it from the disk, and searching it key by key, as somebody types.
// Usage: node bench/history.mjs
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

const folder = await mkdtemp(join(tmpdir(), 'strata-bench-history-'))
try {
  await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      ssr: resolve(import.meta.dirname, 'history/measure-history.ts'),
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: '[name].mjs' } },
    },
    ssr: { noExternal: true },
  })
  const { measureHistory } = await import(pathToFileURL(join(folder, 'measure-history.mjs')).href)
  await measureHistory(join(folder, 'history'))
} finally {
  await rm(folder, { recursive: true, force: true })
}
