import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { MAX_MESSAGE_BYTES, WireTap } from '../../../electron/engine/session/wire-tap'
import { openTestSession, seededRandom } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startFaultProxy } from '../../support/fault-proxy'
import { authenticationRequest, dataRow, readyForQuery, serverMessage } from '../../support/scripted-server'

interface Heard {
  readonly rows: Buffer[]
  readonly driver: Buffer[]
  readonly told: unknown[]
}

/** A tap over a stream that tests write to, with everything it passes on. */
function aTap({ hasSink = true, refuse = false } = {}) {
  const stream = new PassThrough()
  const heard: Heard = { rows: [], driver: [], told: [] }
  stream.on('data', (bytes: Buffer) => heard.driver.push(Buffer.from(bytes)))
  const tap = new WireTap(stream, {
    readyForQuery: (status) => heard.told.push(['ready', status]),
    copyData: (_bytes, start, end) => heard.told.push(['copy', end - start]),
    probeAnswered: () => heard.told.push(['probe']),
    authenticationRequested: (method) => {
      heard.told.push(['authentication', method])
      if (refuse) throw new Error('no such method')
    },
    refused: (error) => heard.told.push(['refused', error.message]),
  })
  if (hasSink) tap.sink = { takeRows: (bytes, start, end) => heard.rows.push(Buffer.from(bytes.subarray(start, end))) }
  return { feed: (bytes: Buffer) => stream.emit('data', bytes), heard }
}

function whole({ rows, driver, told }: Heard) {
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
    const { feed, heard } = aTap()
    const rows = [dataRow(['a', null]), dataRow(['', '😀'])]
    const complete = serverMessage('C', 'SELECT 2\0')

    feed(Buffer.concat([...rows, complete, readyForQuery('T')]))

    expect(whole(heard)).toEqual({
      rows: Buffer.concat(rows),
      driver: Buffer.concat([complete, readyForQuery('T')]),
      told: [['ready', 84]],
    })
  })

  it('gives rows to the driver while no sink is set', () => {
    const { feed, heard } = aTap({ hasSink: false })

    feed(dataRow(['a']))

    expect(whole(heard)).toEqual({ rows: Buffer.alloc(0), driver: dataRow(['a']), told: [] })
  })

  it('counts COPY data instead of passing it on', () => {
    const { feed, heard } = aTap()

    feed(Buffer.concat([serverMessage('d', 'twelve bytes'), serverMessage('c')]))

    expect(whole(heard)).toEqual({ rows: Buffer.alloc(0), driver: serverMessage('c'), told: [['copy', 12]] })
  })

  it('passes on the same whatever pieces the bytes of a real server come in', async () => {
    const { host, port } = database.target
    const proxy = await startFaultProxy({ host, port })
    const session = await openTestSession(database, { target: { ...database.target, port: proxy.port } })
    await session.query(`select i, repeat('é😀', i % 50), null, '' from generate_series(1, 500) i`)
    await session.query(`do $$ begin raise notice 'between'; end $$`)
    await session.query('copy (select 1) to stdout')
    await session.end()
    const bytes = proxy.connections[0]?.received() ?? Buffer.alloc(0)
    await proxy.close()
    const atOnce = aTap()
    atOnce.feed(bytes)

    const outcomes = [1, 2, 3, 4, 5].map((seed) => {
      const tap = aTap()
      for (const piece of tiny(bytes, seededRandom(seed))) tap.feed(piece)
      return whole(tap.heard)
    })

    expect(whole(atOnce.heard).rows.length).toBeGreaterThan(50_000)
    expect(outcomes).toEqual(Array(5).fill(whole(atOnce.heard)))
  })

  it.each<[string, Buffer, RegExp]>([
    ['of an unknown type', serverMessage('!', 'x'), /^unknown message type 0x21/],
    ['of HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), /^message H of 1414811695 bytes is over the limit$/],
    ['shorter than its own length', Buffer.from([68, 0, 0, 0, 3]), /^message of 3 bytes$/],
    ['of the largest length there is', Buffer.from([68, 255, 255, 255, 255]), /^message D of 4294967295 bytes/],
    ['just over the limit of a row', header('D', MAX_MESSAGE_BYTES + 1), /over the limit$/],
    ['too long for its kind', header('Z', 30_001), /^message Z of 30001 bytes is over the limit$/],
  ])('refuses a message %s and passes nothing on afterwards', (_name, bytes, message) => {
    const { feed, heard } = aTap()

    feed(bytes)
    feed(Buffer.concat([dataRow(['late']), readyForQuery()]))

    expect(whole(heard)).toEqual({
      rows: Buffer.alloc(0),
      driver: Buffer.alloc(0),
      told: [['refused', expect.stringMatching(message)]],
    })
  })

  it('takes no room for a length before it was checked', () => {
    const before = process.memoryUsage().arrayBuffers
    const { feed } = aTap()

    for (let i = 0; i < 100; i += 1) feed(Buffer.from([68, 255, 255, 255, 255]))

    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024)
  })

  it('keeps an authentication request from the driver when the session refuses it', () => {
    const { feed, heard } = aTap({ refuse: true })

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
