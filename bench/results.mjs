// npm run bench: measures reading, keeping and showing results beside psql and pg's own way, and writes bench/RESULTS.md.
// ROUNDS and ROWS change how much; DATABASE_URL names a server to use in place of a throwaway one.
import { join } from 'node:path'
import { build } from 'vite'
import { openUnseenDisplay } from '../scripts/prepare/display.mjs'
import { inRoot } from '../scripts/prepare/places.mjs'
import { main, run } from '../scripts/prepare/processes.mjs'
import { canSandbox } from '../scripts/prepare/sandbox.mjs'
import { prepare } from '../scripts/prepare.mjs'

await main(async () => {
  const runtime = await prepare('unseen app')
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
    ssr: { noExternal: true, external: ['pg-native', '@playwright/test'] },
  })
  const display = await openUnseenDisplay()
  try {
    const env = {
      ...process.env,
      ...display.environment,
      STRATA_TEST_ARGUMENTS: JSON.stringify(display.args),
      STRATA_TEST_SANDBOX: String(await canSandbox(runtime)),
    }
    return await run([process.execPath, '--expose-gc', join(folder, 'main.mjs')], { cwd: inRoot(), env })
  } finally {
    await display.close()
  }
})
