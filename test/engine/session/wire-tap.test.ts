import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { MAX_DRIVER_BYTES, MAX_ROW_BYTES } from '../../../electron/engine/session/framing-limits'
import { WireTap } from '../../../electron/engine/session/wire-tap'
import { openTestSession, seededRandom } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { type Spoken, startFaultProxy } from '../../support/fault-proxy'
import { askedWire, clientMessage, type HeardWire, replay, replayWire } from '../../support/replayed-wire'
import {
  authenticationRequest,
  dataRow,
  fatalError,
  loginAnswer,
  readyForQuery,
  rowDescription,
  serverMessage,
} from '../../support/scripted-server'

function whole({ rows, driver, told }: HeardWire) {
  return { rows: Buffer.concat(rows), driver: Buffer.concat(driver), told }
}

/** Pieces of 1 to 7 bytes. */
function tiny(bytes: Buffer, random: () => number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + Math.floor(random() * 7)
    pieces.push(bytes.subarray(at, end))
    at = end
  }
  return pieces
}

describe('wire tap', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase('app')
  })
  afterAll(() => database.drop())

  it('parts rows from everything else, and tells of ReadyForQuery after the driver has seen it', () => {
    const { feed, heard } = askedWire()
    const columns = rowDescription(['a', 'b'])
    const rows = [dataRow(['a', null]), dataRow(['', '😀'])]
    const complete = serverMessage('C', 'SELECT 2\0')

    feed(Buffer.concat([columns, ...rows, complete, readyForQuery('T')]))

    expect(whole(heard)).toEqual({
      rows: Buffer.concat(rows),
      driver: Buffer.concat([columns, complete, readyForQuery('T')]),
      told: [['ready', 84]],
    })
  })

  it('gives rows to the driver while no sink is set', () => {
    const { feed, heard } = askedWire({ hasSink: false })
    const bytes = Buffer.concat([rowDescription(['a']), dataRow(['a'])])

    feed(bytes)

    expect(whole(heard)).toEqual({ rows: Buffer.alloc(0), driver: bytes, told: [] })
  })

  it('counts COPY data instead of passing it on', () => {
    const { feed, heard } = askedWire()
    const begin = serverMessage('H', Buffer.alloc(3))

    feed(Buffer.concat([begin, serverMessage('d', 'twelve bytes'), serverMessage('c')]))

    expect(whole(heard)).toEqual({
      rows: Buffer.alloc(0),
      driver: Buffer.concat([begin, serverMessage('c')]),
      told: [['copy', 12]],
    })
  })

  it('passes on the same whatever pieces the bytes of a real server come in', async () => {
    const { host, port } = database.target
    const proxy = await startFaultProxy({ host, port })
    const session = await openTestSession(database, { target: { ...database.target, port: proxy.port } })
    await session.query(`select i, repeat('é😀', i % 50), null, '' from generate_series(1, 500) i`)
    await session.query(`do $$ begin raise notice 'between'; end $$`)
    await session.query('copy (select 1) to stdout')
    await session.end()
    const spoken = proxy.connections[0]?.spoken ?? []
    await proxy.close()
    const heardOf = (told: readonly Spoken[]) => {
      const wire = replayWire()
      replay(wire, told)
      return whole(wire.heard)
    }
    const atOnce = heardOf(spoken)

    const outcomes = [1, 2].map((seed) => {
      const random = seededRandom(seed)
      return heardOf(
        spoken.flatMap(({ from, bytes }) =>
          (from === 'client' ? [bytes] : tiny(bytes, random)).map((piece) => ({ from, bytes: piece })),
        ),
      )
    })

    expect(atOnce.rows.length).toBeGreaterThan(50_000)
    expect(outcomes).toEqual(Array(2).fill(atOnce))
  })

  it.each<[string, Buffer, string]>([
    ['of an unknown type', serverMessage('!', 'x'), 'sent a message of unknown type 0x21; the session was closed'],
    ['shorter than its own length', header('D', 3), 'sent a DataRow of 3 bytes; the session was closed'],
    [
      'of the largest length there is',
      header('D', 4_294_967_295),
      'sent a DataRow of 4294967295 bytes; the session was closed',
    ],
    ['too long for its kind', header('Z', 30_001), 'sent a ReadyForQuery of 30001 bytes; the session was closed'],
    [
      'that is a piece of COPY data over the limit',
      header('d', MAX_ROW_BYTES + 1),
      'sent a CopyData of 256 MB; Strata takes at most 256 MB, and the session was closed',
    ],
    [
      'that is a notice over the limit',
      header('N', 600_000_000),
      'sent a NoticeResponse of 572.2 MB; Strata takes at most 64 MB, and the session was closed',
    ],
  ])('refuses a message %s and passes nothing on afterwards', (_name, bytes, message) => {
    const { feed, heard } = askedWire()

    feed(bytes)
    feed(Buffer.concat([dataRow(['late']), readyForQuery()]))

    expect(whole(heard)).toEqual({ rows: Buffer.alloc(0), driver: Buffer.alloc(0), told: [['refused', message]] })
  })

  it.each<[string, boolean, number, number]>([
    ['the rows of a statement', true, MAX_ROW_BYTES, 256],
    ['the rows of a question of ours', false, MAX_DRIVER_BYTES, 64],
  ])('names the column that makes one of %s too large, whatever pieces it comes in', (_name, hasSink, limit, most) => {
    const cells = [10, 20, limit, 30]
    const size = cells.reduce((sum, cell) => sum + 4 + cell, 6)
    const names = ['id', 'note', 'payload', 'more']
    // Its largest cell is known before any of its bytes has come.
    const begin = Buffer.concat([header('D', size), dataRow(['0123456789', 'x'.repeat(20)]).subarray(5), int32(limit)])
    begin.writeUInt16BE(4, 5)
    const refusals = [1, 7, begin.length].map((piece) => {
      const { feed, heard } = askedWire({ hasSink })
      feed(rowDescription(names))
      for (let at = 0; at < begin.length; at += piece) feed(begin.subarray(at, at + piece))
      return heard.refusal()
    })

    const inWords = `sent a row whose column "payload" holds ${most} MB; Strata takes a row of at most ${most} MB, and the session was closed`
    expect(refusals.map((refusal) => refusal?.message)).toEqual(Array(3).fill(inWords))
  })

  it('names the largest of several columns that make a row too large together', () => {
    const { feed, heard } = askedWire({ hasSink: false })
    const megabytes = (count: number) => count * 1024 * 1024
    feed(rowDescription(['large', 'medium', 'small']))

    feed(Buffer.concat([header('D', 6 + 12 + megabytes(75)), Buffer.from([0, 3]), int32(megabytes(30))]))
    feed(Buffer.alloc(megabytes(30)))
    const before = heard.refusal()
    feed(int32(megabytes(25)))

    expect([before, heard.refusal()?.message]).toEqual([
      null,
      'sent a row whose column "large" holds 30 MB; Strata takes a row of at most 64 MB, and the session was closed',
    ])
  })

  it('believes no cell that is larger than its row', () => {
    const { feed, heard } = askedWire()
    feed(rowDescription(['a']))

    feed(Buffer.concat([header('D', 300_000_000), Buffer.from([0, 1]), int32(400_000_000)]))

    expect(heard.refusal()?.message).toBe('sent a DataRow whose cells do not fit into it; the session was closed')
  })

  it('says when the server closes the connection in the middle of a message', () => {
    const { feed, end, heard } = askedWire()

    feed(Buffer.concat([rowDescription(['a']), header('D', 400)]))
    end()

    expect(heard.told).toEqual([['refused', 'closed the connection in the middle of a DataRow of 400 bytes']])
  })

  it.each<[string, string, readonly Buffer[], string]>([
    [
      'a row of a statement that is only described',
      'PDS',
      [serverMessage('1'), serverMessage('t', Buffer.alloc(2)), rowDescription(['a']), dataRow(['1'])],
      'sent a DataRow out of its order; the session was closed',
    ],
    [
      'a row behind the error of several statements',
      'Q',
      [rowDescription(['a']), fatalError('22012', 'no'), dataRow(['1'])],
      'sent a DataRow before it had described the columns; the session was closed',
    ],
    [
      'a result behind the error of several statements',
      'Q',
      [fatalError('22012', 'no'), rowDescription(['a'])],
      'sent a RowDescription out of its order; the session was closed',
    ],
    [
      'a second result of several statements before the first is complete',
      'Q',
      [rowDescription(['a']), rowDescription(['b'])],
      'sent a RowDescription before the first result was complete; the session was closed',
    ],
    [
      'the end of a statement that was parsed and not run',
      'PDS',
      [serverMessage('1'), serverMessage('n'), serverMessage('C', 'SELECT 0\0')],
      'sent a CommandComplete out of its order; the session was closed',
    ],
  ])('refuses %s', (_name, asked, answer, message) => {
    const { feed, send, heard } = replayWire()
    feed(loginAnswer())
    for (const letter of asked) send(clientMessage(letter))

    feed(Buffer.concat([...answer]))

    expect(heard.refusal()?.message).toBe(message)
  })

  it('counts anew after each time the server was ready', () => {
    const { feed, send, heard } = replayWire()
    const copyIn = serverMessage('G', Buffer.alloc(3))
    const failed = serverMessage('E', 'SERROR\0VERROR\0C22012\0Mno\0\0')
    const notices = Buffer.concat(Array<Buffer>(60_000).fill(serverMessage('S', 'TimeZone\0UTC\0')))
    feed(loginAnswer())

    for (let time = 1; time <= 3; time += 1) {
      send(clientMessage('Q', 'x\0'))
      feed(Buffer.concat([copyIn, notices, failed, readyForQuery()]))
    }

    expect(heard.refusal()).toBeNull()
  })

  it('takes no room for a length before it was checked', () => {
    const before = process.memoryUsage().arrayBuffers
    const { feed } = askedWire()

    for (let i = 0; i < 100; i += 1) feed(Buffer.from([68, 255, 255, 255, 255]))

    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024)
  })

  it('keeps an authentication request from the driver when the session refuses it', () => {
    const { feed, heard } = replayWire({ isPicky: true })

    feed(Buffer.concat([authenticationRequest(7), readyForQuery()]))

    expect(whole(heard)).toEqual({
      rows: Buffer.alloc(0),
      driver: Buffer.alloc(0),
      told: [
        ['authentication', 7],
        ['refused', 'no such method'],
      ],
    })
  })

  it('stands between one socket and one reader only', () => {
    const stream = new PassThrough()
    const listener = {
      readyForQuery: () => {},
      copyData: () => {},
      probeAnswered: () => {},
      saidFarewell: () => {},
      authenticationRequested: () => {},
      refused: () => {},
    }

    expect(() => new WireTap(stream, listener)).toThrow(/only reader/)
  })

  it('reads from the cluster through a proxy that delivers byte by byte', async () => {
    const { host, port } = inject('cluster')
    const random = seededRandom(11)
    const proxy = await startFaultProxy({ host, port }, { rechunk: (bytes) => tiny(bytes, random) })
    const session = await openTestSession(database, { target: { ...database.target, port: proxy.port } })

    const { rows } = await session.query(`select i::text, repeat('ü', i) from generate_series(1, 40) i`)

    expect(rows).toEqual(Array.from({ length: 40 }, (_, i) => [`${i + 1}`, 'ü'.repeat(i + 1)]))
    await session.end()
    await proxy.close()
  })
})

function header(type: string, length: number): Buffer {
  const bytes = Buffer.alloc(5)
  bytes.write(type, 0, 'latin1')
  bytes.writeUInt32BE(length, 1)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
