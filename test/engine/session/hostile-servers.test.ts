import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionFailure } from '../../../contract/failure'
import { FailureError } from '../../../electron/engine/failure-error'
import type { Session } from '../../../electron/engine/session/session'
import { aTarget, openTestSession, runScript } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import {
  boundAnswer,
  loginAnswer,
  readyForQuery,
  serverMessage,
  startScriptedServer,
} from '../../support/scripted-server'
import { type StallGauge, startStallGauge } from '../../support/stall-gauge'
import { HOSTILE_CASES, type HostileCase, type Moment } from './hostile-cases'

const SECRET = 'canary 7f3a'
const COPY_LINE = 'canary line 91bc'
/** Milliseconds in which a session must have ended; one that says farewell and stays has 1,000 of them. */
const LIMIT_MS = 5_000
const STALL_MS = 500

const SCRIPTS: Readonly<Record<Exclude<Moment, 'login' | 'idle' | 'question'>, string>> = {
  statement: 'select 1',
  transaction: 'select 1',
  'copy in': `copy t from stdin;\n${COPY_LINE}\n\\.\n`,
  'copy out': 'copy t to stdout',
}

interface Ending {
  readonly failure: ConnectionFailure | null
  /** What the client sent after its start-up message. */
  readonly heard: Buffer
  readonly address: string
  readonly elapsedMs: number
}

describe('a hostile server', () => {
  let database: TestDatabase
  let honest: Session
  let gauge: StallGauge
  const uncaught: unknown[] = []
  const note = (error: unknown) => uncaught.push(error)
  beforeAll(async () => {
    database = await createDatabase('app')
    honest = await openTestSession(database)
    gauge = startStallGauge()
    process.on('uncaughtExceptionMonitor', note)
    process.on('unhandledRejection', note)
  })
  afterAll(async () => {
    process.off('uncaughtExceptionMonitor', note)
    process.off('unhandledRejection', note)
    gauge.stop()
    await honest.end()
    await database.drop()
  })

  async function ending([moment, , answer]: HostileCase): Promise<Ending> {
    const act = (socket: Socket) => {
      if (typeof answer === 'function') answer(socket)
      else socket.write(Buffer.isBuffer(answer) ? answer : Buffer.concat([...answer]))
    }
    let victim: Socket | null = null
    let isBegun = moment !== 'transaction'
    let isAnswered = false
    const server = await startScriptedServer({
      onStartup: (socket) => {
        victim = socket
        if (moment === 'login') act(socket)
        else socket.write(loginAnswer())
      },
      onStatement: (socket) => {
        if (moment === 'login' || moment === 'idle' || isAnswered) return
        if (isBegun) act(socket)
        else socket.write(Buffer.concat([serverMessage('C', 'BEGIN\0'), readyForQuery('T')]))
        isAnswered = isBegun
        isBegun = true
      },
    })
    const startedAt = performance.now()
    const target = aTarget({ port: server.port })
    let failure: ConnectionFailure | null = null
    try {
      const session = await openTestSession(database, { target, password: SECRET })
      const lost = new Promise<ConnectionFailure>((resolve) => session.onLost(resolve))
      if (moment === 'idle') act(victim as unknown as Socket)
      else if (moment === 'question') await session.query('select 1').catch(() => {})
      else if (moment !== 'login') {
        if (moment === 'transaction') await session.queryTogether(['begin'])
        await runScript(session, SCRIPTS[moment])
      }
      failure = await lost
      await session.end()
    } catch (error) {
      if (!(error instanceof FailureError) || error.failure.kind !== 'connection') throw error
      failure = error.failure
    }
    const elapsedMs = performance.now() - startedAt
    await server.close()
    return { failure, heard: server.heard(), address: `127.0.0.1:${server.port}`, elapsedMs }
  }

  it.each(HOSTILE_CASES)('at %s that %s ends its session for a reason that names what it did', async (...hostile) => {
    const [, , , says] = hostile
    gauge.read()

    const { failure, heard, address, elapsedMs } = await ending(hostile)

    const stallMs = gauge.read()
    expect({
      message: failure?.message,
      isInTime: elapsedMs < LIMIT_MS,
      isLive: stallMs < STALL_MS || stallMs,
      isSecretSent: heard.includes(SECRET) && hostile[1] !== 'asks for the password twice',
      timesDataSent: heard.toString('latin1').split(COPY_LINE).length - 1 < 2,
      uncaught,
      honest: (await honest.query('select 1')).rows,
    }).toEqual({
      message: typeof says === 'string' ? `The server at ${address} ${says}.` : says.whole,
      isInTime: true,
      isLive: true,
      isSecretSent: false,
      timesDataSent: true,
      uncaught: [],
      honest: [['1']],
    })
  })

  it('is met in more than a hundred ways, at every moment of a session', () => {
    const moments = new Set(HOSTILE_CASES.map(([moment]) => moment))

    expect([HOSTILE_CASES.length > 100, moments.size]).toEqual([true, 7])
  })

  it('that asks for a file when none was meant to be sent gets none, and the session goes on when it leaves it at that', async () => {
    const server = await startScriptedServer({
      onStatement: (socket, bytes) => {
        if (bytes.includes('select')) {
          const copyIn = serverMessage('G', Buffer.from([0, 0, 0]))
          socket.write(Buffer.concat([boundAnswer(), serverMessage('n'), copyIn]))
        } else if (bytes.includes('no data stands behind')) {
          const failed = serverMessage('E', 'SERROR\0VERROR\0C57014\0Mno data\0\0')
          socket.write(Buffer.concat([failed, readyForQuery()]))
        }
      },
    })
    const session = await openTestSession(database, { target: aTarget({ port: server.port }) })

    const { channel } = await runScript(session, 'select 1')

    expect(channel.all('statementFailed').map(({ failure }) => failure)).toMatchObject([{ kind: 'postgres' }])
    expect([session.lostBecause, session.transactionStatus]).toEqual([null, 'none'])
    expect(server.heard().includes('no data stands behind')).toBe(true)
    await session.end()
    await server.close()
  })
})
