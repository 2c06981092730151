import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RelationDetail } from '../../../contract/catalog'
import type { ProfileId } from '../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../contract/profile-defaults'
import type { RunEvent, RunInput } from '../../../contract/query'
import { RowWindow } from '../../../contract/row-window'
import type { SessionFacts } from '../../../contract/session'
import type { FileToken } from '../../../contract/transfer'
import type { TabId } from '../../../contract/workspace'
import { type Cluster, startCluster } from '../../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../../support/database-on'
import { OLDER_MAJORS, olderServer } from '../../support/older-servers'
import { startTestEngine, type TestEngine, type TestWindow } from '../../support/port-pair'
import { EVERY_TYPE, EVERY_TYPE_AS_TEXT, MIGRATIONS, RICH_SCHEMA, withIncluded } from './rich-schema'

const TAB = 'tab-1' as TabId // branded here: the window mints tab ids
const APPLY_ALL = { kind: 'apply all' } as const

describe.each(OLDER_MAJORS)('PostgreSQL %i', (major) => {
  const found = olderServer(major)
  if ('missing' in found) {
    it.skip(`is not tested: ${found.missing}`, () => {})
    return
  }
  let cluster: Cluster
  let database: TestDatabase
  let engine: TestEngine
  let window: TestWindow
  let folder: string
  let profileId: ProfileId
  let session: SessionFacts
  beforeAll(async () => {
    cluster = await startCluster({ logical_decoding_work_mem: '64kB' }, found.binaries)
    database = await createDatabaseOn(cluster.facts, 'app')
    await database.query(`alter role app createdb; ${RICH_SCHEMA}`)
    folder = await mkdtemp(join(tmpdir(), 'strata-matrix-'))
    for (const [name, text] of Object.entries(MIGRATIONS)) await writeFile(join(folder, name), text)
    engine = await startTestEngine()
    window = engine.openWindow()
    const draft = {
      id: null,
      name: 'Shop',
      folder: '',
      environment: 'development',
      target: database.target,
      settings: SETTINGS_DEFAULTS,
    } as const
    profileId = (await window.get('profile.save', { draft })).id
    engine.passwords.set(profileId, database.password)
    await engine.engine.setMigrationFolder(profileId, folder)
    await window.get('profile.open', { profileId })
    session = await window.get('session.open', { profileId, tabId: TAB })
  })
  afterAll(async () => {
    await engine?.stop()
    await cluster?.stop()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  })

  const start = (script: string, more: Partial<RunInput> = {}) =>
    window.open('query.run', { sessionId: session.sessionId, script, range: null, commitMode: 'auto', ...more })
  const run = async (script: string, more: Partial<RunInput> = {}): Promise<readonly RunEvent[]> => {
    const stream = start(script, more)
    expect(await stream.ended).toBeNull()
    return stream.events
  }
  const typesOf = (events: readonly RunEvent[]) => new Set(events.map(({ type }) => type))
  const oidOf = async (name: string) => {
    const { schemas } = await window.get('catalog.read', { profileId })
    return schemas.flatMap(({ relations }) => relations).find((relation) => relation.name === name)?.oid ?? 0
  }
  const describeNamed = async (name: string): Promise<RelationDetail> =>
    window.get('catalog.describe', { profileId, oid: await oidOf(name) })
  const states = async () =>
    (await window.get('migration.list', { profileId })).migrations.map(({ name, state }) => `${name} ${state}`)
  const act = async (action: { readonly kind: 'apply all' | 'roll back all' }) => {
    const { digest } = await window.get('migration.plan', { profileId, action })
    const stream = window.open('migration.run', { profileId, action, digest })
    expect(await stream.ended).toBeNull()
    return stream.events.find((event) => event.type === 'runEnded')?.outcome
  }

  it('is named as what it is', async () => {
    const product = `PostgreSQL ${session.serverVersion}`
    const plain = { kind: 'postgresql', product, isStandby: false, isReadOnly: false, isPooled: false }

    expect([session.serverVersion.split('.')[0], session.server]).toEqual([String(major), plain])
  })

  it('sends every common type as its own text', async () => {
    const events = await run(`select ${EVERY_TYPE.join(', ')}`)

    const arrived = events.find((event) => event.type === 'columnsArrived')
    if (arrived?.type !== 'columnsArrived') throw new Error('no columns')
    const rows = new RowWindow(await window.get('result.window', { resultId: arrived.resultId, from: 0, count: 1 }))
    expect(EVERY_TYPE.map((_, column) => (rows.isNull(0, column) ? null : rows.text(0, column)))).toEqual(
      EVERY_TYPE_AS_TEXT,
    )
    expect(arrived.columns.map(({ typeName }) => typeName).filter((name) => name === '')).toEqual([])
  })

  it('gives notices, the place of an error, and the state of the transaction', async () => {
    const events = await run(
      `begin; do $$ begin raise warning 'look out' using hint = 'there'; end $$; select 1 / 0, nope`,
    )
    const after = await run('rollback')

    expect(events.filter(({ type }) => type === 'noticesArrived')).toMatchObject([
      { notices: [{ severity: 'WARNING', message: 'look out', hint: 'there' }] },
    ])
    expect(events.find(({ type }) => type === 'statementFailed')).toMatchObject({
      failure: { kind: 'postgres', code: '42703', position: 15 },
    })
    const reported = [...events, ...after].flatMap((event) =>
      event.type === 'transactionReported' ? event.status : [],
    )
    expect([reported.includes('open'), reported.at(-2), reported.at(-1)]).toEqual([true, 'aborted', 'none'])
  })

  it('cancels a statement', async () => {
    const stream = start('select pg_sleep(60)')
    await stream.until(({ type }) => type === 'statementStarted')

    await window.get('query.cancel', { sessionId: session.sessionId })

    await stream.ended
    expect(stream.events.at(-1)).toMatchObject({ type: 'runEnded', outcome: 'cancelled' })
  })

  it('takes parameters, commits by hand, and limits the time of a statement', async () => {
    const wanted = await window.get('query.parameters', {
      sessionId: session.sessionId,
      script: 'select * from shop.customers where id = :id',
      range: null,
    })
    const limited = await run('select pg_sleep(60)', { statementTimeoutMs: 20 })
    await run('select 1', { statementTimeoutMs: null })
    const manual = await run('select :id::int', { commitMode: 'manual', parameters: [{ name: ':id', value: '7' }] })
    await run('rollback')

    expect(wanted).toEqual([{ name: ':id', typeName: 'int8' }])
    expect(limited.find(({ type }) => type === 'statementFailed')).toMatchObject({ failure: { code: '57014' } })
    expect(manual.filter((event) => event.type === 'transactionReported').at(-1)).toMatchObject({ status: 'open' })
  })

  it('reads the tree, and notices when it changes', async () => {
    const { schemas } = await window.get('catalog.read', { profileId })

    await run('create table shop.noticed ()')
    await window.get('catalog.check', { profileId })

    const shop = schemas.find(({ name }) => name === 'shop')
    expect(shop?.relations.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'customer_names view',
      'customers table',
      'customers_id_seq sequence',
      'order_totals materialized view',
      'orders partitioned table',
      'orders_2024 table',
      'orders_rest table',
    ])
    expect(shop?.routines.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'add_one function',
      'last_of aggregate',
      'tidy procedure',
    ])
    expect(shop?.types.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'address composite type',
      'email domain',
      'period range',
      'size enum',
    ])
    expect(window.announced.filter(({ name }) => name === 'catalog.changed').length).toBeGreaterThan(0)
    await run('drop table shop.noticed')
  })

  it('describes columns, indexes and constraints', async () => {
    const { columns, indexes, constraints } = await describeNamed('customers')
    const orders = await describeNamed('orders')

    expect(
      columns.map(({ name, type, identity, isGenerated, isPrimaryKey }) => [
        name,
        type,
        identity,
        isGenerated,
        isPrimaryKey,
      ]),
    ).toEqual([
      ['id', 'bigint', 'always', false, true],
      ['name', 'text', null, false, false],
      ['name_length', 'integer', null, true, false],
      ['mail', 'shop.email', null, false, false],
      ['size', 'shop.size', null, false, false],
      ['home', 'shop.address', null, false, false],
      ['stays', 'shop.period', null, false, false],
    ])
    expect(indexes.map(({ name, definition }) => [name, definition])).toContainEqual([
      'customers_by_name',
      withIncluded('customers_by_name'),
    ])
    expect(constraints.map(({ name, kind }) => `${name} ${kind}`)).toEqual(
      expect.arrayContaining([
        'customers_pkey primary key',
        'customers_no_overlap exclusion',
        'customers_name_check check',
        'customers_mail_key unique',
      ]),
    )
    expect(orders.columns.find(({ name }) => name === 'customer')?.references).toBe('customers.id')
  })

  it('rehearses, plans, applies, notices drift, and rolls back', async () => {
    const before = await states()
    const rehearsal = window.open('migration.rehearse', { profileId, name: null, place: 'database' })
    const scratch = window.open('migration.rehearse', { profileId, name: null, place: 'scratch' })
    const ends = [await rehearsal.ended, await scratch.ended]
    const verdicts = rehearsal.events.flatMap((event) =>
      event.type === 'rehearsalEnded' ? event.rehearsal.migrations.map(({ verdict }) => verdict.kind) : [],
    )
    const applied = await act(APPLY_ALL)
    const driftBefore = await window.get('migration.drift', { profileId })
    await run('alter table stock.items add column by_hand int')
    const drift = await window.get('migration.drift', { profileId })
    const drafted = window.open('migration.draftDrift', { profileId })
    await drafted.ended
    await run('alter table stock.items drop column by_hand')
    const log = await window.get('migration.log', { profileId, name: null, words: '', from: 0, count: 10 })
    const { action, digest } = await window.get('migration.plan', { profileId, action: { kind: 'roll back all' } })
    const losses = window.open('migration.losses', { profileId, action, digest, mayTry: true })
    await losses.ended
    const rolledBack = await act({ kind: 'roll back all' })

    expect(before).toEqual(['0001_items pending', '0002_index pending'])
    expect(ends).toEqual([null, null])
    expect(verdicts).toEqual(['identical', 'not proven'])
    expect([applied, driftBefore, drift?.lines.map(({ text }) => text)]).toEqual([
      'complete',
      null,
      [expect.stringContaining('by_hand')],
    ])
    expect(drafted.events.at(-1)?.up).toContain('by_hand')
    expect(log.entries.map(({ name, action: done }) => `${name} ${done}`)).toEqual([
      '0002_index applied',
      '0001_items applied',
    ])
    expect(losses.events.at(-1)).toMatchObject({ type: 'lossCounted', counted: { rows: 3 } })
    expect([rolledBack, await states()]).toEqual(['complete', before])
  })

  it('drafts a migration with what takes it back', async () => {
    const draft = window.open('migration.draft', {
      profileId,
      text: 'alter table shop.customers add column born date; create index on shop.customers (born)',
    })
    await draft.ended

    expect(draft.events.at(-1)).toMatchObject({
      stopped: null,
      statements: [{ inverse: 'exact' }, { inverse: 'exact' }],
    })
  })

  it('explains, and exports what was read', async () => {
    const plan = await run('explain (analyze, buffers, format json) select * from shop.customers')
    const events = await run('select generate_series(1, 3) as n')
    const { resultId } = events.find((event) => event.type === 'columnsArrived') ?? {}
    const file = join(folder, 'export.csv')
    const token = 'token-1' as FileToken // branded here: the shell mints tokens
    engine.engine.noteSaveFile(token, file)
    const transfer = window.open('transfer.export', {
      token,
      resultId: resultId ?? ('' as never),
      rows: null,
      columns: [0],
      format: 'csv',
      hasHeader: true,
      delimiter: ',',
      relation: 'n',
    })
    const failure = await transfer.ended

    expect([...typesOf(plan)]).toContain('statementCompleted')
    expect([failure, (await readFile(file, 'utf8')).split(/\r?\n/)]).toEqual([null, ['n', '1', '2', '3', '']])
  })

  it('keeps what ran in the history', async () => {
    const { entries } = await window.get('history.search', { words: 'generate_series', profileId, from: 0 })

    expect(entries).toMatchObject([{ outcome: 'complete', database: database.name }])
  })

  it('says what became of a session that was ended', async () => {
    const other = await window.get('session.open', { profileId, tabId: 'tab-2' as TabId })

    await window.get('session.terminate', { sessionId: other.sessionId })

    const lost = window.announced.find(
      ({ name, value }) => name === 'session.lost' && (value as { sessionId: string }).sessionId === other.sessionId,
    )
    expect(lost?.value).toMatchObject({ backendPid: other.backendPid, failure: { code: '57P01' } })
  })
})
