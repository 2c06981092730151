// npm run bench: measures reading, keeping and showing results beside psql and pg's own way, and writes bench/RESULTS.md.
// ROUNDS and ROWS change how much; DATABASE_URL names a server to use in place of a throwaway one.
import { join } from 'node:path'
import { build } from 'vite'
import { inRoot } from '../scripts/prepare/places.mjs'
import { main, run } from '../scripts/prepare/processes.mjs'
import { prepare } from '../scripts/prepare.mjs'

await main(async () => {
  await prepare('packages')
  // Two folders below the root, as the files it is made from: paths to node_modules stay true.
  const folder = inRoot('out/bench')
  await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      ssr: inRoot('bench/results/main.ts'),
      outDir: folder,
      minify: false,
      rollupOptions: { output: { entryFileNames: '[name].mjs' } },
    },
    ssr: { noExternal: true, external: ['pg-native'] },
  })
  return await run([process.execPath, '--expose-gc', join(folder, 'main.mjs')], { cwd: inRoot() })
})
