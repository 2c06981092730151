import type { ProfileId } from '../../contract/profile'
import { packSnapshot } from '../../electron/engine/migration/drift/packed-snapshot'
import { readScript } from '../../electron/engine/migration/migration-script'
import { rehearse } from '../../electron/engine/migration/rehearsal/rehearse'
import { readSnapshot } from '../../electron/engine/migration/snapshot/read-snapshot'
import { openSession } from '../../electron/engine/session/connect'
import { startCluster } from '../../test/support/cluster'
import { createDatabaseOn } from '../../test/support/database-on'
import { largeSchema } from '../../test/support/large-schema'

const TABLES = Number(process.env.TABLES ?? 500)
const ROUNDS = Number(process.env.ROUNDS ?? 5)

const UP = `alter table big.t1 add column extra integer not null default 5;
create index on big.t1 (extra);
create table big.fresh (id integer primary key, one bigint references big.t2);
alter table big.t3 add constraint short check (length(name) < 100) not valid;
comment on table big.t4 is 'otherwise'`
const DOWN = `comment on table big.t4 is 'table 4';
alter table big.t3 drop constraint short;
drop table big.fresh;
alter table big.t1 drop column extra`

const cluster = await startCluster()
try {
  const database = await createDatabaseOn(cluster.facts)
  await database.query(largeSchema(TABLES))
  await database.query('analyze')
  const session = await openSession({
    profileId: 'bench' as ProfileId,
    target: database.target,
    password: database.password,
    applicationName: 'bench',
  })
  const options = { hasStandardStrings: true }
  const pair = {
    name: '1_bench',
    up: readScript('1_bench.up.sql', UP, 'up', options),
    down: readScript('1_bench.down.sql', DOWN, 'down', options),
    irreversibleBecause: null,
  }
  const snapshots: number[] = []
  const rehearsals: number[] = []
  const before = await readSnapshot(session)
  let verdict = ''
  for (let round = 0; round < ROUNDS; round += 1) {
    snapshots.push(await timed(() => readSnapshot(session)))
    rehearsals.push(
      await timed(async () => {
        const work = { preparations: [], pairs: [pair], signal: new AbortController().signal }
        verdict = (await rehearse(session, work)).migrations[0]?.verdict.kind ?? 'none'
      }),
    )
  }
  const packed = await packSnapshot(before)
  const isUnchanged = (await readSnapshot(session)).checksum === before.checksum
  print(`${TABLES} tables, ${before.objects.size} objects, ${Math.round(packed.length / 1024)} KiB when kept`)
  print(`snapshot:  ${figures(snapshots)}`)
  print(`rehearsal: ${figures(rehearsals)}, 5 statements up and 4 down, three snapshots, rollback ${verdict}`)
  print(`the schema afterwards is ${isUnchanged ? 'unchanged' : 'CHANGED'}`)
  await session.end()
} finally {
  await cluster.stop()
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function figures(times: readonly number[]): string {
  const sorted = [...times].sort((one, other) => one - other)
  const at = (index: number) => `${Math.round(sorted[index] ?? 0)} ms`
  return `median ${at(Math.floor(sorted.length / 2))}, ${at(0)} to ${at(sorted.length - 1)}`
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
