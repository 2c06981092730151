// node bench/migrations.mjs: measures applying and listing many small migrations beside dbmate, node-pg-migrate, yoyo and Alembic,
// and writes its section of bench/RESULTS.md. ROUNDS changes how often.
import { main } from '../scripts/prepare/processes.mjs'
import { prepare } from '../scripts/prepare.mjs'
import { runBench } from './build/build-bench.mjs'

await main(async () => {
  await prepare('packages')
  return runBench('migrations')
})
