import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { Target } from '../../../contract/profile'
import { prepareSpillFolder } from '../../../electron/engine/query/spill'
import { aProfileId, runScript, startRun } from '../../support/builders'
import { allTexts } from './all-rows'

// Runs a script on a spill folder of its own, in a process of its own: `node spill-child.mjs ORDER`. Writes what became of it as JSON.
Object.assign(globalThis, { require: createRequire(import.meta.url) })
// A limit on the size of files must be an error of the write, as the engine's entry makes it.
process.on('SIGXFSZ', () => {})

const order = JSON.parse(process.argv[2] ?? '{}') as {
  readonly target: Target
  readonly password: string
  readonly spillFolder: string
  readonly script: string
  /** Stays there with its file open until it is killed. */
  readonly isStaying: boolean
}
const { openSession } = await import('../../../electron/engine/session/connect')
prepareSpillFolder(order.spillFolder, () => {})
const { target, password, script, spillFolder, isStaying } = order
const session = await openSession({ profileId: aProfileId, target, password, applicationName: 'Strata test' })
const run = startRun(session, script, { kept: { spillFolder, memoryBytes: 4 * 1024 * 1024 } })
await run.ended
const failed = run.channel.all('statementFailed')[0]
const arrived = run.channel.all('columnsArrived')[0]
const texts = arrived === undefined ? [] : allTexts(run.results.get(arrived.resultId))
const inOrder = texts.every(([cell], index) => cell === String(index + 1))
const next = await runScript(session, 'select 1')
process.stdout.write(
  `${JSON.stringify({
    failure: failed?.failure ?? null,
    outcome: run.channel.events.at(-1),
    rows: texts.length,
    counted: run.channel.all('rowsCounted').at(-1)?.rows,
    inOrder,
    next: next.channel.all('statementCompleted')[0]?.commandTag,
  })}\n`,
)
if (isStaying) await once(process, 'SIGTERM')
await session.end()
