// node bench/rehearsal.mjs: measures a snapshot of a schema of 500 tables and a rehearsal without rewrites in it, and prints both.
// TABLES and ROUNDS change how large and how often.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
import { inRoot } from '../scripts/prepare/places.mjs'
import { main, run } from '../scripts/prepare/processes.mjs'
import { prepare } from '../scripts/prepare.mjs'

await main(async () => {
  await prepare('packages')
  await mkdir(inRoot('out'), { recursive: true })
  // Two folders below the root, as the files it is made from: paths to node_modules stay true.
  const folder = await mkdtemp(inRoot('out', 'bench-rehearsal-'))
  try {
    await build({
      configFile: false,
      logLevel: 'warn',
      build: {
        ssr: inRoot('bench/rehearsal/main.ts'),
        outDir: folder,
        minify: false,
        rollupOptions: { output: { entryFileNames: '[name].mjs' } },
      },
      ssr: { noExternal: true, external: ['pg-native', 'vite'] },
    })
    return await run([process.execPath, join(folder, 'main.mjs')], { cwd: inRoot() })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
