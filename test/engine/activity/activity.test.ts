import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Activity, activity } from '../../../contract/activity'
import type { Channel } from '../../../contract/define'
import type { TabId } from '../../../contract/workspace'
import { followActivity } from '../../../electron/engine/activity/follow-activity'
import { type Ownership, readActivity } from '../../../electron/engine/activity/read-activity'
import { endBorrowed } from '../../../electron/engine/connector'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { COCKROACH, startLookAlike } from '../../support/look-alike'

const NOBODY: Ownership = { tabOf: () => null, isOfApp: () => false }

describe('activity', () => {
  let database: TestDatabase
  let session: Session
  const clients: pg.Client[] = []
  beforeEach(async () => {
    database = await createDatabase()
    session = await openTestSession(database, { applicationName: 'Strata activity' })
    await database.query('create table a (i int)')
  })
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end().catch(() => {})))
    await session.end()
    await database.drop()
  })

  const connect = async (applicationName: string) => {
    const { host, port, role, database: name } = database.target
    const client = new pg.Client({
      host,
      port,
      user: role,
      password: database.password,
      database: name,
      application_name: applicationName,
    })
    client.on('error', () => {})
    await client.connect()
    clients.push(client)
    const { rows } = await client.query('select pg_backend_pid() as pid')
    return { client, pid: Number(rows[0]?.pid) }
  }
  const look = async (ownership = NOBODY) => activity.parse(await readActivity(session, ownership))
  const untilWaiting = async (count: number) => {
    for (;;) {
      const seen = await look()
      if (seen.backends.filter(({ waitsFor }) => waitsFor.length > 0).length >= count) return seen
    }
  }

  it('tells who waits for whom, for how long and with what', async () => {
    const holder = await connect('holder')
    const first = await connect('first')
    const second = await connect('second')
    await holder.client.query('begin; lock table a')
    first.client.query('begin; lock table a').catch(() => {})
    second.client.query('begin; lock table a').catch(() => {})

    const { backends } = await untilWaiting(2)

    const told = new Map(backends.map((backend) => [backend.backendPid, backend]))
    expect(told.get(holder.pid)).toMatchObject({
      applicationName: 'holder',
      state: 'idle in transaction',
      database: database.name,
      backendType: 'client backend',
      waitsFor: [],
      wait: '',
      query: 'begin; lock table a',
      own: 'none',
    })
    expect(told.get(holder.pid)?.transactionMs).toBeGreaterThan(0)
    for (const { pid } of [first, second]) {
      expect(told.get(pid)).toMatchObject({ state: 'active', wait: 'Lock: relation' })
      expect(told.get(pid)?.waitsFor).toContain(holder.pid)
    }
  })

  it('names the tabs and the other sessions of this app', async () => {
    const tab = await connect('Strata')
    const other = await connect('Strata catalog')
    const tabId = 'tab-7' as TabId // branded here: no tab is open in this test

    const { backends } = await look({
      tabOf: (pid) => (pid === tab.pid ? tabId : null),
      isOfApp: (pid) => pid === other.pid,
    })

    const own = backends.filter((backend) => backend.own !== 'none')
    expect(new Map(own.map((backend) => [backend.backendPid, [backend.own, backend.tabId]]))).toEqual(
      new Map([
        [tab.pid, ['tab', tabId]],
        [other.pid, ['app', null]],
      ]),
    )
  })

  it('leaves itself out, and counts sessions against the limit', async () => {
    const { backends, sessionCount, sessionLimit } = await look()

    expect(backends.map(({ backendPid }) => backendPid)).not.toContain(session.facts.backendPid)
    expect([sessionCount >= 1, sessionLimit >= sessionCount]).toEqual([true, true])
    expect(backends.some(({ backendType }) => backendType === 'checkpointer')).toBe(true)
  })

  it('says where the role may not see what others run', async () => {
    const { app } = inject('cluster').roles
    const target = { ...database.target, role: app.role }
    const restricted = await openTestSession(database, { target, password: app.password })
    const other = await connect('other')
    await other.client.query('select 1 as secret')

    const seen = await readActivity(restricted, NOBODY).finally(() => restricted.end())

    const told = seen.backends.find(({ backendPid }) => backendPid === other.pid)
    expect([seen.isRestricted, told?.state, told?.query.includes('as secret')]).toEqual([true, '', false])
    expect((await look()).isRestricted).toBe(false)
  })

  it('knows a session as one where the role may not see what it is, and counts it', async () => {
    const { app } = inject('cluster').roles
    const target = { ...database.target, role: app.role }
    const restricted = await openTestSession(database, { target, password: app.password })
    const other = await connect('other')
    const [seen, all] = [await readActivity(restricted, NOBODY), await look()]
    await restricted.end()

    const told = seen.backends.find(({ backendPid }) => backendPid === other.pid)
    const processes = seen.backends.filter(({ backendType }) => backendType !== 'client backend')
    expect([told?.backendType, processes.length > 0]).toEqual(['client backend', true])
    expect(Math.abs(seen.sessionCount - all.sessionCount)).toBeLessThanOrEqual(2) // others of this cluster come and go
    expect(seen.sessionCount).toBeGreaterThanOrEqual(3)
  })

  it('tells what a server without pg_blocking_pids has, and that who waits for whom is not known', async () => {
    const server = await startLookAlike(inject('cluster'), {
      ...COCKROACH,
      lacks: [[/pg_blocking_pids|pg_has_role/, '42883']],
    })
    const target = { ...database.target, port: server.port }
    const elsewhere = await openTestSession(database, { target })
    const other = await connect('other')

    const seen = activity.parse(await readActivity(elsewhere, NOBODY))

    await elsewhere.end()
    await server.close()
    expect([seen.tellsBlockers, seen.backends.some(({ backendPid }) => backendPid === other.pid)]).toEqual([
      false,
      true,
    ])
    expect((await look()).tellsBlockers).toBe(true)
  })

  it.each(['before its session is there', 'while the server does not answer'])(
    'gives its session back when its channel is closed %s',
    async (when) => {
      const own = await openTestSession(database, { applicationName: 'Strata activity' })
      const { backendPid } = own.facts
      const closing: (() => void)[] = []
      const channel: Channel<Activity> = {
        isClosed: false,
        send: () => {},
        onClose: (listener) => closing.push(listener),
      }
      const close = () => {
        Object.assign(channel, { isClosed: true })
        for (const listener of closing) listener()
      }
      const borrow = async () => {
        if (when === 'before its session is there') close()
        else void own.query('select pg_sleep(60)').catch(() => {}) // what the look waits behind
        return { session: own, release: () => endBorrowed(own) }
      }

      const following = followActivity(borrow, NOBODY, channel)
      if (!channel.isClosed) await expect.poll(() => own.isBusy && closing.length).toBe(1)
      close()
      await following

      const isThere = async () => (await look()).backends.some((backend) => backend.backendPid === backendPid)
      await expect.poll(isThere, { timeout: 5_000 }).toBe(false)
    },
  )

  it('looks again until its channel is closed, and gives its session back', async () => {
    const { client, pid } = await connect('moving')
    const heard: Activity[] = []
    const closing: (() => void)[] = []
    let isReleased = false
    const channel: Channel<Activity> = {
      isClosed: false,
      send: (seen) => {
        heard.push(seen)
        if (heard.length === 1) void client.query('begin')
        if (seen.backends.find(({ backendPid }) => backendPid === pid)?.state !== 'idle in transaction') return
        Object.assign(channel, { isClosed: true })
        for (const listener of closing) listener()
      },
      onClose: (listener) => closing.push(listener),
    }
    const release = async () => {
      isReleased = true
    }

    await followActivity(async () => ({ session, release }), NOBODY, channel, 1)

    expect([isReleased, heard.length > 1]).toEqual([true, true])
  })
})
