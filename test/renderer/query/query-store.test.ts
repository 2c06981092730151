import { afterEach, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import type { SessionId } from '../../../contract/session'
import type { TabId } from '../../../contract/workspace'
import { queryOf, queryStore, tabOfSession } from '../../../renderer/query/query-store'
import { reduceQuery } from '../../../renderer/query/reduce-query'
import { NEW_QUERY, NO_TRANSACTION } from '../../../renderer/query/tab-query'
import {
  aColumn,
  aLoss,
  aRun,
  columnsArrived,
  completed,
  ended,
  failed,
  failures,
  happened,
  queryAfter,
  resultId,
  rowsCounted,
  sessionFacts,
} from './query-builders'

const opened = { type: 'sessionOpened', facts: sessionFacts() } as const
const started = (statement: number) => ({ type: 'statementStarted', statement }) as const
const states = (query: ReturnType<typeof queryAfter>) => query.statements.map(({ state }) => state)

describe('a run in a tab', () => {
  it('begins with the statements of its script, none of them run', () => {
    const { run, runNumber, statements } = queryAfter(...aRun('select 1;select\n  2'))

    expect([run, runNumber]).toEqual([{ kind: 'running', startedAt: 1000, statement: 0, cancelAskedAt: null }, 1])
    expect(statements).toEqual(
      [
        { text: 'select 1', range: { from: 0, to: 8 } },
        { text: 'select 2', range: { from: 9, to: 19 } },
      ].map((part) => ({
        ...part,
        state: 'not run',
        commandTag: '',
        rows: null,
        elapsedMs: 0,
        remark: null,
        notices: [],
        droppedNotices: 0,
        failure: null,
        place: null,
      })),
    )
  })

  it('keeps only the beginning of a long statement', () => {
    const { statements } = queryAfter(...aRun(`select ${'x'.repeat(1_000_000)}`))

    expect(statements[0]?.text.length).toBe(300)
  })

  it('follows its statements one after the other', () => {
    const script = 'a;b;c'
    const events = [started(0), completed(0, 'CREATE TABLE', { remark: 'odd' }), started(1)]

    const query = queryAfter(opened, ...aRun(script, ...events))

    expect(states(query)).toEqual(['complete', 'running', 'not run'])
    expect(query.run).toMatchObject({ kind: 'running', statement: 1 })
    expect(query.statements[0]).toMatchObject({ commandTag: 'CREATE TABLE', elapsedMs: 5, remark: 'odd' })
  })

  it('is complete with its time', () => {
    const query = queryAfter(opened, ...aRun('a', started(0), completed(0, 'DO'), ended('complete', 38)))

    expect(query.run).toEqual({ kind: 'complete', elapsedMs: 38 })
  })

  it('stops at a failure, opens Messages, and leaves the rest not run', () => {
    const { postgres } = failures
    const place = { from: 2, to: 3 }
    const events = [started(0), completed(0, 'DO'), started(1), failed(1, postgres, { place }), ended('failed')]

    const query = queryAfter(opened, ...aRun('a;b;c', ...events))

    expect(states(query)).toEqual(['complete', 'failed', 'not run'])
    expect(query.statements[1]).toMatchObject({ failure: postgres, place, elapsedMs: 7 })
    expect(query.run).toEqual({ kind: 'failed', elapsedMs: 40, statement: 1, failure: postgres })
    expect([query.chosen, query.isErrorOpen]).toEqual(['messages', true])
  })

  it('keeps the rows on screen when it is cancelled', () => {
    const events = [
      started(0),
      columnsArrived(0, 'r'),
      rowsCounted(0, 'r', 500),
      failed(0, failures.cancelled),
      ended('cancelled'),
    ]
    const running = queryAfter(opened, ...aRun('a', ...events.slice(0, 3)))
    const asked = reduceQuery(running, { type: 'cancelAsked', at: 1200 })

    const query = queryAfter(opened, ...aRun('a', ...events))

    expect(asked.run).toMatchObject({ kind: 'running', cancelAskedAt: 1200 })
    expect(query.run).toEqual({ kind: 'cancelled', elapsedMs: 40 })
    expect([query.chosen, query.isErrorOpen]).toEqual(['r', false])
    expect(query.results).toMatchObject([{ rowCount: 500, isGrowing: false, isFromBefore: false }])
  })

  it('is complete when it was faster than its cancel', () => {
    const before = queryAfter(opened, ...aRun('a', started(0)))
    const asked = reduceQuery(before, { type: 'cancelAsked', at: 1200 })

    const query = reduceQuery(reduceQuery(asked, happened('a', completed(0, 'DO'))), happened('a', ended('complete')))

    expect(query.run).toEqual({ kind: 'complete', elapsedMs: 40 })
  })

  it('puts notices under their statement, in order', () => {
    const notice = (message: string) => ({ severity: 'NOTICE', code: '00000', message, at: 1_700_000_000_000 })
    const noticed = (statement: number, ...texts: string[]) =>
      ({ type: 'noticesArrived', statement, notices: texts.map(notice), dropped: 0 }) as const

    const query = queryAfter(...aRun('a;b', noticed(0, 'one', 'two'), noticed(0, 'three'), noticed(1, 'four')))

    expect(query.statements.map(({ notices }) => notices.map(({ message }) => message))).toEqual([
      ['one', 'two', 'three'],
      ['four'],
    ])
  })

  it('notes the transaction that the server reported, and since when', () => {
    const event = { type: 'transactionReported', status: 'open' } as const

    const query = queryAfter(opened, ...aRun('begin'), happened('begin', event, 1234))

    expect(query.transaction).toEqual({ ...NO_TRANSACTION, status: 'open', since: 1234 })
  })

  it('that is new forgets statements and results of the one before, not its transaction', () => {
    const before = queryAfter(
      opened,
      ...aRun('a', columnsArrived(0, 'r'), { type: 'transactionReported', status: 'open' }, ended('complete')),
    )

    const query = reduceQuery(before, { type: 'runStarted', at: 2000 })

    expect(query).toMatchObject({
      statements: [],
      results: [],
      chosen: 'messages',
      runNumber: 2,
      transaction: { status: 'open' },
    })
  })

  it('whose stream fails is failed, and nothing in it is said to run on', () => {
    const query = queryAfter(opened, ...aRun('a;b', started(0), columnsArrived(0, 'r')), {
      type: 'streamFailed',
      failure: failures.defect,
      at: 1500,
    })

    expect(query.run).toEqual({ kind: 'failed', elapsedMs: 500, statement: 0, failure: failures.defect })
    expect(states(query)).toEqual(['failed', 'not run'])
    expect(query.results.map(({ isGrowing }) => isGrowing)).toEqual([false])
  })

  it('that is over is not changed by a stream that fails late', () => {
    const over = queryAfter(opened, ...aRun('a', started(0), completed(0, 'DO'), ended('complete')))

    expect(reduceQuery(over, { type: 'streamFailed', failure: failures.defect, at: 1500 })).toBe(over)
  })

  it('that is over cannot be cancelled', () => {
    const over = queryAfter(opened, ...aRun('a', ended('complete')))

    expect(reduceQuery(over, { type: 'cancelAsked', at: 1200 })).toBe(over)
  })
})

describe('results', () => {
  it('open by themselves the first time only', () => {
    const first = queryAfter(...aRun('a;b', columnsArrived(0, 'one')))
    const second = reduceQuery(first, happened('a;b', columnsArrived(1, 'two')))
    const chosen = reduceQuery(second, { type: 'resultChosen', chosen: resultId('two') })

    expect([first.chosen, second.chosen, chosen.chosen]).toEqual(['one', 'one', 'two'])
  })

  it('grow with their counts and keep their first page', () => {
    const page = new Uint8Array([1])

    const query = queryAfter(
      ...aRun('a', columnsArrived(0, 'r'), rowsCounted(0, 'r', 200, page), rowsCounted(0, 'r', 900)),
    )

    expect(query.results).toEqual([
      {
        resultId: 'r',
        statement: 0,
        columns: [aColumn],
        rowCount: 900,
        isGrowing: true,
        paused: null,
        isFirstPart: false,
        firstPage: page,
        isFromBefore: false,
      },
    ])
  })

  it('stop growing when their statement has completed', () => {
    const query = queryAfter(
      ...aRun(
        'a;b',
        columnsArrived(0, 'one'),
        columnsArrived(1, 'two'),
        completed(0, 'SELECT 1', { resultId: resultId('one') }),
      ),
    )

    expect(query.results.map(({ isGrowing }) => isGrowing)).toEqual([false, true])
  })

  it('get the names of their types late', () => {
    const columns = [{ ...aColumn, typeName: 'mood' }]
    const named = { type: 'columnTypesNamed', statement: 0, resultId: resultId('r'), columns } as const

    const query = queryAfter(...aRun('a', columnsArrived(0, 'r'), named))

    expect(query.results[0]?.columns).toEqual(columns)
  })

  it('close the error when Messages is looked at, and not before', () => {
    const broken = queryAfter(...aRun('a;b', columnsArrived(0, 'r'), failed(1, failures.postgres), ended('failed')))

    const onResult = reduceQuery(broken, { type: 'resultChosen', chosen: resultId('r') })
    const onMessages = reduceQuery(broken, { type: 'resultChosen', chosen: 'messages' })

    expect([onResult.isErrorOpen, onMessages.isErrorOpen]).toEqual([true, false])
    expect(reduceQuery(broken, { type: 'errorClosed' }).isErrorOpen).toBe(false)
  })
})

describe('a run that continues after failures', () => {
  const continues = { type: 'onFailureChosen', onFailure: 'continue' } as const

  it('runs on behind a failure, and failed at its end with the first one', () => {
    const before = queryAfter(continues, opened, ...aRun('a;b', failed(0, failures.postgres), started(1)))

    const query = reduceQuery(
      reduceQuery(before, happened('a;b', failed(1, failures.defect))),
      happened('a;b', ended('failed'), 1700),
    )

    expect(before.run).toMatchObject({ kind: 'running', statement: 1 })
    expect(query.run).toEqual({ kind: 'failed', elapsedMs: 40, statement: 0, failure: failures.postgres })
    expect(query.endedAt).toBe(1700)
  })

  it('is lost with what its last statement says, not with the failure of an earlier one', () => {
    const events = [failed(0, failures.postgres), failed(1, failures.unknown), ended('lost')]

    const query = queryAfter(continues, opened, ...aRun('a;b', ...events))

    expect(query.run).toMatchObject({ kind: 'lost', failure: failures.unknown })
  })
})

describe('the parameters of a tab', () => {
  const entry = (text: string, isNull = false) => ({ text, isNull })
  const request = { tabId: 'tab-1' as TabId, profileId: 'profile-1' as ProfileId, script: 'select :a', range: null }
  const wanted = {
    type: 'parametersWanted',
    question: { request, wanted: [{ name: ':a', typeName: 'int4' }] },
  } as const

  it('are remembered by name when they were given, and the form is gone', () => {
    const query = queryAfter(wanted, { type: 'parametersGiven', entries: new Map([[':a', entry('1')]]) }, wanted, {
      type: 'parametersGiven',
      entries: new Map([[':b', entry('', true)]]),
    })

    expect([...query.parameters]).toEqual([
      [':a', entry('1')],
      [':b', entry('', true)],
    ])
    expect(query.question).toBeNull()
  })

  it('that are not given run nothing and leave the last run as it is', () => {
    const before = queryAfter(opened, ...aRun('a', completed(0, 'DO'), ended('complete')))

    const query = reduceQuery(reduceQuery(before, wanted), { type: 'questionClosed' })

    expect(query).toEqual(before)
  })
})

describe('a session of a tab', () => {
  it('that is given up while it opens ends the run as cancelled', () => {
    const query = queryAfter(
      { type: 'runStarted', at: 1000 },
      { type: 'sessionOpening' },
      { type: 'openingGivenUp', at: 1300 },
    )

    expect([query.session.kind, query.run]).toEqual(['none', { kind: 'cancelled', elapsedMs: 300 }])
  })

  it('opens with no transaction', () => {
    const query = queryAfter({ type: 'sessionOpening' }, opened)

    expect([query.session, query.transaction]).toEqual([{ kind: 'open', facts: sessionFacts() }, NO_TRANSACTION])
  })

  it('that cannot be opened fails the run', () => {
    const query = queryAfter(
      { type: 'runStarted', at: 1000 },
      { type: 'sessionOpening' },
      { type: 'sessionFailed', failure: failures.lost, at: 1300 },
    )

    expect([query.session, query.run]).toEqual([
      { kind: 'none' },
      { kind: 'failed', elapsedMs: 300, statement: 0, failure: failures.lost },
    ])
  })

  it('that is lost at rest takes its transaction with it and leaves the rows as from before', () => {
    const query = queryAfter(
      opened,
      ...aRun('a', columnsArrived(0, 'r'), { type: 'transactionReported', status: 'open' }, ended('complete')),
      { type: 'sessionLost', loss: aLoss(), at: 2000 },
    )

    expect(query).toMatchObject({
      session: { kind: 'lost', loss: aLoss() },
      transaction: { status: 'none' },
      run: { kind: 'lost', elapsedMs: 0, failure: failures.lost },
      results: [{ isFromBefore: true, isGrowing: false }],
    })
  })

  it('fact 11: that is lost under a statement says that its outcome is unknown, whichever is heard first', () => {
    const before = queryAfter(opened, ...aRun('commit', started(0)))
    const lost = { type: 'sessionLost', loss: aLoss(), at: 1500 } as const
    const said = [happened('commit', failed(0, failures.unknown)), happened('commit', ended('lost'))]

    const lostFirst = [lost, ...said].reduce(reduceQuery, before)
    const lostLast = [...said, lost].reduce(reduceQuery, before)

    expect([lostFirst.run, lostLast.run]).toMatchObject([
      { kind: 'lost', failure: failures.unknown },
      { kind: 'lost', failure: failures.unknown },
    ])
    expect([states(lostFirst), states(lostLast)]).toEqual([['failed'], ['failed']])
  })

  it('that a reloaded window finds has its transaction, and how long that has been open', () => {
    const remains = {
      tabId: 'tab-1' as TabId, // branded here: no tab is open in this test
      session: sessionFacts(),
      transaction: { status: 'open', sinceMs: 400, uncommitted: { statements: 2, rows: 14, isAtMost: false } },
      commitMode: 'manual',
      onFailure: 'continue',
      statementTimeoutMs: 10_000,
      hasRun: true,
      loss: null,
    } as const

    const query = queryAfter(
      { type: 'sessionRestored', remains, at: 1000 },
      ...aRun('begin', { type: 'transactionReported', status: 'open' }, ended('complete')),
    )

    expect(query).toMatchObject({
      session: { kind: 'open', facts: sessionFacts() },
      transaction: { status: 'open', since: 600, uncommitted: { statements: 2, rows: 14, isAtMost: false } },
      commitMode: 'manual',
      onFailure: 'continue',
      timeoutMs: 10_000,
      run: { kind: 'complete' },
    })
  })

  it('fact 11: that is lost with the whole engine leaves no statement running', () => {
    const query = queryAfter(opened, ...aRun('commit;b', started(0)), {
      type: 'sessionLost',
      loss: aLoss(),
      at: 1500,
    })

    expect(states(query)).toEqual(['failed', 'not run'])
    expect(query.statements[0]?.failure).toMatchObject({ kind: 'unknown-outcome' })
  })

  it('that is lost says why, not what was wrong with a statement before', () => {
    const query = queryAfter(opened, ...aRun('a', started(0), failed(0, failures.postgres), ended('failed')), {
      type: 'sessionLost',
      loss: aLoss(),
      at: 2000,
    })

    expect(query.run).toMatchObject({ kind: 'lost', failure: failures.lost })
  })
})

describe('query store', () => {
  const tabId = 'tab-1' as TabId // branded here: the window mints tab ids
  afterEach(() => queryStore.getState().clear())

  it('has a new query for every tab', () => {
    expect(queryOf(tabId)).toBe(NEW_QUERY)
  })

  it('finds the tab of an open session', () => {
    const { happen, forget } = queryStore.getState()
    happen(tabId, opened)
    const { sessionId } = sessionFacts()
    const found = [tabOfSession(sessionId), tabOfSession('other' as SessionId)]

    forget(tabId)

    expect([...found, tabOfSession(sessionId), queryOf(tabId)]).toEqual([tabId, null, null, NEW_QUERY])
  })

  it('changes one tab and leaves the others the same', () => {
    const { happen } = queryStore.getState()
    const other = 'tab-2' as TabId
    happen(other, opened)
    const before = queryOf(other)

    happen(tabId, { type: 'commitModeChosen', commitMode: 'manual' })

    expect(queryOf(tabId).commitMode).toBe('manual')
    expect(queryOf(other)).toBe(before)
  })
})
