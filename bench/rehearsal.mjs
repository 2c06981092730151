// node bench/rehearsal.mjs: measures a snapshot of a schema of 500 tables and a rehearsal without rewrites in it, and prints both.
// TABLES and ROUNDS change how large and how often.
import { main } from '../scripts/prepare/processes.mjs'
import { prepare } from '../scripts/prepare.mjs'
import { runBench } from './build/build-bench.mjs'

await main(async () => {
  await prepare('packages')
  return runBench('rehearsal')
})
