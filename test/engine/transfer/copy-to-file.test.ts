import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import type { TransferEvent } from '../../../contract/transfer'
import { openSession } from '../../../electron/engine/session/connect'
import type { Session } from '../../../electron/engine/session/session'
import { copyToFile } from '../../../electron/engine/transfer/copy-to-file'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'

describe('rows copied to a file', () => {
  let database: TestDatabase
  let session: Session
  let folder: string
  beforeAll(async () => {
    database = await createDatabase()
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-copy-'))
    const { target, password } = database
    session = await openSession({ profileId: 'p' as ProfileId, target, password, applicationName: 'test' })
  })
  afterEach(async () => {
    await session.end()
    await rm(folder, { recursive: true, force: true })
  })

  const listening = () => {
    const events: TransferEvent[] = []
    const closing: (() => void)[] = []
    const channel = {
      isClosed: false,
      onClose: (listener: () => void) => void closing.push(listener),
      send: (event: TransferEvent) => void events.push(event),
    }
    const close = () => {
      channel.isClosed = true
      for (const listener of closing) listener()
    }
    return { channel, events, close }
  }

  it('are CSV with a header, as the server prints them, NULL apart from the empty string', async () => {
    const path = join(folder, 'rows.csv')
    const { channel, events } = listening()

    await copyToFile(session, `select 1 as id, 'a "b", ü' as "My name", null::text as none, '' as empty`, path, channel)

    expect(await readFile(path, 'utf8')).toBe('id,My name,none,empty\n1,"a ""b"", ü",,""\n')
    expect(events.at(-1)).toEqual({ type: 'fileWritten', rows: 1, byteCount: 42 })
    expect(session.transactionStatus).toBe('none')
  })

  it('are all there when there are more than wait in memory', async () => {
    const path = join(folder, 'rows.csv')
    const { channel, events } = listening()

    await copyToFile(session, `select i, repeat('x', 1000) as filler from generate_series(1, 40000) i`, path, channel)

    const lines = (await readFile(path, 'utf8')).split('\n')
    expect([lines.length, lines[40_000]?.startsWith('40000,xxx'), lines.at(-1)]).toEqual([40_002, true, ''])
    expect(events.at(-1)).toMatchObject({ type: 'fileWritten', rows: 40_000 })
  })

  it('are no file when the query fails', async () => {
    const { channel } = listening()

    const copying = copyToFile(
      session,
      'select 1 / (5 - i) as q from generate_series(1, 5) i',
      join(folder, 'rows.csv'),
      channel,
    )

    await expect(copying).rejects.toMatchObject({ failure: { kind: 'postgres', code: '22012' } })
    expect(await readdir(folder)).toEqual([])
  })

  it('are no file when it is stopped', async () => {
    const { channel, close } = listening()
    const copying = copyToFile(
      session,
      'select i, pg_sleep(0.01) from generate_series(1, 100000) i',
      join(folder, 'rows.csv'),
      channel,
    )
    const ended = copying.then(
      () => 'written',
      () => 'stopped',
    )
    for (;;) {
      const { rows } = await database.query(
        "select 1 from pg_stat_activity where query like 'copy (select i, pg_sleep%'",
      )
      if (rows.length > 0) break
    }

    close()

    expect(await ended).toBe('stopped')
    expect(await readdir(folder)).toEqual([])
  })

  it('are no file when their place cannot be written to, and it says why', async () => {
    const { channel } = listening()

    const copying = copyToFile(session, 'select 1', join(folder, 'gone', 'rows.csv'), channel)

    await expect(copying).rejects.toMatchObject({
      failure: {
        kind: 'refused',
        issues: [{ message: 'rows.csv was not written: its folder does not exist any more. Choose another place.' }],
      },
    })
  })
})
