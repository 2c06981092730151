import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import type { RunEvent } from '../../../contract/query'
import type { TabId } from '../../../contract/workspace'
import { aDraft, seededRandom } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startTestEngine, type TestEngine, type TestStream, type TestWindow } from '../../support/port-pair'
import { rounds } from '../../support/rounds'
import { openFilesIn } from '../../support/spilled-files'

/** What people do all day, the large and the broken included. */
const SCRIPTS = [
  'select 1',
  'select i, md5(i::text) from generate_series(1, 20000) i',
  `select repeat('x', 100000) from generate_series(1, 900)`, // more than stays in memory
  'select nothing_here',
  'begin; create temp table t (i int) on commit drop; insert into t select generate_series(1, 100); table t',
  `do $$ begin for i in 1..3000 loop raise notice 'n %', i; end loop; end $$; select 2`,
  'select pg_sleep(600)',
  `select generate_series(1, 2000000000), repeat('x', 100)`,
]

describe('an engine that works all day', () => {
  let database: TestDatabase
  let engine: TestEngine
  let profileId: ProfileId
  beforeAll(async () => {
    database = await createDatabase('app')
    engine = await startTestEngine()
    const window = engine.openWindow()
    const draft = aDraft({ target: database.target })
    profileId = (await window.get('profile.save', { draft })).id
    engine.passwords.set(profileId, database.password)
    await window.get('profile.open', { profileId })
  })
  afterAll(async () => {
    await engine.stop()
    await database.drop()
  })

  it('keeps nothing of the tabs that were closed: no session, no run, no file', { timeout: 1_800_000 }, async () => {
    const random = seededRandom(20)
    let window = engine.openWindow()
    for (const round of rounds(12)) {
      const tabId = `tab-${round}` as TabId // branded here: the window mints tab ids
      const { sessionId } = await window.get('session.open', { profileId, tabId })
      const script = SCRIPTS[Math.floor(random() * SCRIPTS.length)] ?? ''
      const stream = window.open('query.run', { sessionId, script, range: null, commitMode: 'auto' })
      await stream.until(() => true)
      await wait(random() * 60)
      if (random() < 0.3) window = await reload(window, tabId)
      else if (random() < 0.5) await window.get('query.cancel', { sessionId })
      if (random() < 0.5) await released(window, stream)
      await window.get('session.close', { sessionId })
    }

    const sql = `select count(*)::int as open from pg_stat_activity where datname = $1 and application_name = 'Strata'`
    await expect
      .poll(async () => (await database.query(sql, [database.name])).rows, { timeout: 15_000 })
      .toEqual([{ open: 0 }])
    expect(await window.get('query.remains', { profileId })).toEqual([])
    await window.get('profile.close', { profileId })
    await expect.poll(() => openFilesIn(join(engine.userData, 'results'))).toEqual([])
  })

  /** The window goes away and another one takes up what the tab runs. */
  async function reload(window: TestWindow, tabId: TabId): Promise<TestWindow> {
    window.close()
    const next = engine.openWindow()
    const followed = next.open('query.follow', { profileId, tabId })
    const heard = await Promise.race([followed.until(() => true), followed.ended])
    expect(heard).toMatchObject({ type: 'runAttached' })
    return next
  }

  /** Frees the rows of a run that has some, as a tab that runs something else does. */
  async function released(window: TestWindow, stream: TestStream<RunEvent>): Promise<void> {
    const resultIds = stream.events.flatMap((event) => (event.type === 'columnsArrived' ? [event.resultId] : []))
    await window.get('result.release', { resultIds })
  }
})
