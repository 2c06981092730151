// npm run bench: measures reading, keeping and showing results beside psql and pg's own way, and writes bench/RESULTS.md.
// ROUNDS and ROWS change how much; DATABASE_URL names a server to use in place of a throwaway one.
import { openUnseenDisplay } from '../scripts/prepare/display.mjs'
import { inRoot } from '../scripts/prepare/places.mjs'
import { main, run } from '../scripts/prepare/processes.mjs'
import { canSandbox } from '../scripts/prepare/sandbox.mjs'
import { prepare } from '../scripts/prepare.mjs'
import { withBuiltBench } from './build/build-bench.mjs'

await main(async () => {
  const runtime = await prepare('unseen app')
  return withBuiltBench('results', ['@playwright/test'], async (file) => {
    const display = await openUnseenDisplay()
    try {
      const env = {
        ...process.env,
        ...display.environment,
        STRATA_TEST_ARGUMENTS: JSON.stringify(display.args),
        STRATA_TEST_SANDBOX: String(await canSandbox(runtime)),
      }
      return await run([process.execPath, '--expose-gc', file], { cwd: inRoot(), env })
    } finally {
      await display.close()
    }
  })
})
