import { describe, expect, it } from 'vitest'
import type { FindingToken } from '../../../../contract/import'
import { type ImportEvent, type ImportState, reduceImport } from '../../../../renderer/profile/import/import-store'
import { addressParts, detailWords, missingWords, sourceWords } from '../../../../renderer/profile/import/import-words'
import { aFailure } from '../builders'
import { aFinding, aReading } from './findings'

const failure = aFailure()
const stateAfter = (...events: ImportEvent[]) => events.reduce<ImportState>(reduceImport, { type: 'closed' })
const OPENED: ImportEvent = { type: 'opened' }
const STARTED: ImportEvent = { type: 'readingStarted', attempt: 1 }
const token = (text: string) => text as FindingToken // branded here: no engine has minted it

describe('import store', () => {
  it('chooses what is whole, without problems and not saved yet', () => {
    const findings = [
      aFinding({ token: token('whole') }),
      aFinding({ token: token('lacking'), missing: ['role'] }),
      aFinding({ token: token('doubtful'), problems: [{ line: 1, message: 'x' }] }),
      aFinding({ token: token('saved'), savedAs: { profileId: 'p' as never, name: 'x' } }),
    ]

    const state = stateAfter(OPENED, STARTED, { type: 'readingEnded', attempt: 1, reading: aReading(findings) })

    const choices = state.type === 'found' ? [...state.choices].map(([of, { isChosen }]) => [of, isChosen]) : []
    expect(choices).toEqual([
      ['whole', true],
      ['lacking', false],
      ['doubtful', false],
      ['saved', false],
    ])
  })

  it('keeps the text when it cannot be read', () => {
    const state = stateAfter(OPENED, { type: 'textEdited', text: 'x' }, STARTED, {
      type: 'readingFailed',
      attempt: 1,
      failure,
    })

    expect(state).toEqual({ type: 'asking', text: 'x', failure })
  })

  it('lets go of a text that was read, which may hold a password', () => {
    const read = stateAfter(OPENED, { type: 'textEdited', text: 'postgres://u:hush@h/d' }, STARTED, {
      type: 'readingEnded',
      attempt: 1,
      reading: aReading([aFinding()]),
    })

    const back = reduceImport(read, { type: 'sourceLeft' })

    expect(JSON.stringify(read)).not.toContain('hush')
    expect(back).toEqual({ type: 'asking', text: '', failure: null })
  })

  it('has no interest in an earlier reading, nor in one after it was closed', () => {
    const late: ImportEvent = { type: 'readingEnded', attempt: 0, reading: aReading([]) }

    expect(stateAfter(OPENED, STARTED, late).type).toBe('reading')
    expect(stateAfter(OPENED, STARTED, { type: 'closed' }, { ...late, attempt: 1 }).type).toBe('closed')
  })

  it('keeps the choices when saving fails', () => {
    const edited = stateAfter(
      OPENED,
      STARTED,
      { type: 'readingEnded', attempt: 1, reading: aReading([aFinding()]) },
      { type: 'choiceEdited', token: token('f1'), change: { name: 'Other', environment: 'production' } },
    )

    const failed = [{ type: 'savingStarted' }, { type: 'savingFailed', failure }] satisfies ImportEvent[]
    const state = failed.reduce<ImportState>(reduceImport, edited)

    expect(state).toEqual({ ...edited, failure })
  })
})

describe('words of a finding', () => {
  it('tell what is said, assumed and missing of the address', () => {
    const parts = addressParts({ target: { host: '::1', port: 5432, database: 'd' }, assumed: ['port'] })

    expect(parts.map(({ text, state }) => `${text} ${state}`)).toEqual([
      'role? missing',
      '@ said',
      '[::1] said',
      ':5432 assumed',
      '/d said',
    ])
  })

  it('leave out what is usual', () => {
    const hop = { host: 'bastion', port: 22, user: 'me', authentication: 'agent', keyFile: null } as const
    const target = {
      ...aFinding().target,
      tunnel: [
        hop,
        { ...hop, host: 'inner', port: 2222, user: null, authentication: 'key' as const, keyFile: '/keys/id' },
      ],
    }

    expect(
      detailWords(aFinding({ target, assumed: ['tlsMode'], folder: 'Work', settings: { isReadOnly: true } })),
    ).toEqual([
      'TLS verify-full (assumed)',
      'through SSH me@bastion (agent), then inner:2222 (key /keys/id)',
      'read-only',
      'folder Work',
    ])
  })

  it.each<[Parameters<typeof missingWords>[0], string]>([
    [[], ''],
    [['role'], 'No role is named'],
    [['host', 'port', 'role'], 'No host, port and role are named'],
  ])('name what is missing: %j', (missing, words) => {
    expect(missingWords(missing)).toBe(words)
  })

  it.each<[Parameters<typeof sourceWords>[0], string]>([
    [{ fileName: '', format: 'text' }, 'Pasted text'],
    [{ fileName: '', format: 'service file' }, 'Pasted text, read as service file'],
    [{ fileName: 'yoyo.ini', format: 'yoyo.ini' }, 'yoyo.ini'],
    [{ fileName: '.env', format: 'environment file' }, '.env, read as environment file'],
  ])('name the source: %j', (source, words) => {
    expect(sourceWords(source)).toBe(words)
  })
})
