import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleChild, startChild } from '../../support/child-program'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'

describe('the entry of the engine', () => {
  let folder: string
  let program: string
  let database: TestDatabase
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-entry-'))
    program = await bundleChild(resolve(import.meta.dirname, 'engine-child.ts'), folder)
    database = await createDatabase('app')
  })
  afterAll(async () => {
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  })

  it.skipIf(process.platform === 'win32')('lets no PG variable of the environment reach a session', async () => {
    const variables = {
      PGHOST: 'nowhere.invalid',
      PGPORT: '1',
      PGUSER: 'evil',
      PGDATABASE: 'evil',
      PGPASSWORD: 'evil',
      PGOPTIONS: '-c search_path=evil -c statement_timeout=1',
      PGAPPNAME: 'evil',
      PGSSLMODE: 'verify-full',
      PGREPLICATION: 'database',
      PGCLIENTENCODING: 'LATIN1',
      PGTZ: 'Asia/Kathmandu',
      PGDATESTYLE: 'German',
    }
    const userData = join(folder, 'data')
    await mkdir(userData)
    const script = `select session_user, current_database(), current_setting('application_name'),
      current_setting('search_path'), current_setting('statement_timeout'), current_setting('client_encoding'),
      current_setting('DateStyle'), (select ssl from pg_stat_ssl where pid = pg_backend_pid())`
    const order = JSON.stringify({ target: database.target, password: database.password, script })
    const env = ['env', ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)]

    const child = startChild(program, [userData, folder, folder, '0.0.0-test', order], env)
    const found = await child.next()
    await child.ended

    expect(found).toMatchObject({
      cells: ['app', database.name, 'Strata', '"$user", public', '0', 'UTF8', 'ISO, MDY', 'f'],
      left: [],
      heard: [
        { type: 'ready' },
        { type: 'secret wanted', kind: 'password', target: { host: '127.0.0.1', role: 'app' } },
        { type: 'secret used', outcome: 'worked' },
      ],
    })
  })
})
