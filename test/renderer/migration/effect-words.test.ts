import { describe, expect, it } from 'vitest'
import type { RehearsedMigration, RehearsedStatement, RollbackVerdict } from '../../../contract/rehearsal'
import { isOutdated, lockBlocks, lockName, readOut, verdictWords } from '../../../renderer/migration/effect-words'

const aStatement = (part: Partial<RehearsedStatement> = {}): RehearsedStatement => ({
  line: 1,
  text: 'create table a ()',
  elapsedMs: 12,
  rows: null,
  locks: [],
  rewritten: [],
  scanned: 0,
  leftOut: null,
  ...part,
})
const aMigration = (part: Partial<RehearsedMigration> = {}): RehearsedMigration => ({
  name: '1_a',
  upFile: '1_a.up.sql',
  downFile: '1_a.down.sql',
  up: [aStatement()],
  down: [aStatement({ text: 'drop table a' })],
  changes: [],
  failure: null,
  verdict: { kind: 'identical' },
  elapsedMs: 20,
  ...part,
})

describe('words of a rehearsal', () => {
  it.each<readonly [RollbackVerdict, string, string]>([
    [{ kind: 'identical' }, 'applied', 'Rolling back restores the schema exactly.'],
    [{ kind: 'column order', lines: [] }, 'changed', 'Rolling back restores everything except the order of columns.'],
    [
      { kind: 'leaves behind', lines: [{ sign: '~', text: 'column acct.id stays bigint, was integer' }] },
      'failed',
      'Rolling back does not restore the schema: column acct.id stays bigint, was integer.',
    ],
    [{ kind: 'impossible', reason: 'Irreversible: gone.' }, 'missing', 'It cannot be rolled back. Irreversible: gone.'],
    [{ kind: 'not proven', reason: 'Because.' }, 'changed', 'The rollback was not proven. Because.'],
  ])('say a verdict in one sentence: %j', (verdict, look, text) => {
    expect(verdictWords(verdict)).toEqual({ look, text })
  })

  it('name a lock as PostgreSQL does, and what it blocks', () => {
    const modes = ['AccessShare', 'ShareUpdateExclusive', 'Share', 'AccessExclusive'] as const

    expect(modes.map((mode) => [lockName(mode), lockBlocks(mode)])).toEqual([
      ['ACCESS SHARE', null],
      ['SHARE UPDATE EXCLUSIVE', null],
      ['SHARE', 'writes'],
      ['ACCESS EXCLUSIVE', 'reads and writes'],
    ])
  })

  it('read out everything a statement did', () => {
    const statement = aStatement({
      rows: 3,
      locks: [{ relation: 'public.t', kind: 'table', mode: 'AccessExclusive' }],
      rewritten: ['public.t', 'm.i'],
      scanned: 20_000,
    })

    expect(readOut(statement)).toBe('3 rows · 12 ms, ACCESS EXCLUSIVE lock on t, rewrites t, m.i, scans 20,000 rows')
  })

  it.each([
    ['the same files', { up: '-- x\ncreate table a ();', down: 'drop table a' }, 1, false],
    ['another statement', { up: 'create table b ()', down: 'drop table a' }, 1, true],
    ['one statement more', { up: 'create table a (); select 1', down: 'drop table a' }, 2, true],
    ['another rollback', { up: 'create table a ()', down: 'drop table b' }, 1, true],
    ['a rollback that is gone', { up: 'create table a ()', down: null }, 1, true],
  ])('tell %s from what was rehearsed', (_, texts, statementCount, outdated) => {
    expect(isOutdated(aMigration(), texts, statementCount)).toBe(outdated)
  })
})
