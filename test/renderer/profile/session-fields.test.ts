import { describe, expect, it } from 'vitest'
import type { SessionSettings } from '../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../contract/profile-defaults'
import { readDuration, writeDuration } from '../../../renderer/profile/duration'
import {
  NO_SESSION,
  type SessionFields,
  sessionFieldsOf,
  sessionSummary,
  settingsOf,
} from '../../../renderer/profile/sections/session-fields'

describe('a time with its unit', () => {
  it.each([
    ['500ms', 500],
    ['500 ms', 500],
    [' 1.5 s ', 1500],
    ['5min', 300_000],
    ['24 h', 86_400_000],
    ['30', Number.NaN],
    ['s', Number.NaN],
    ['-5 s', Number.NaN],
    ['5 S', Number.NaN],
    ['5 d', Number.NaN],
    ['1e3 s', Number.NaN],
    ['', Number.NaN],
  ])('%j is %d ms', (text, expected) => {
    expect(readDuration(text)).toBe(expected)
  })

  it.each([1, 500, 1000, 1500, 60_000, 90_000, 3_600_000, 86_400_000])('%d ms is read as it was written', (value) => {
    expect(readDuration(writeDuration(value))).toBe(value)
  })
})

describe('session fields', () => {
  it.each<[string, SessionSettings]>([
    ['the defaults', SETTINGS_DEFAULTS],
    [
      'everything',
      {
        isReadOnly: true,
        commitMode: 'manual',
        statementTimeoutMs: 90_000,
        lockTimeoutMs: 500,
        keepaliveSeconds: 30,
        searchPath: '"My Schema", public',
        roleToSet: 'reader of ours',
        startupSql: 'select 1;\nselect 2;',
      },
    ],
  ])('are what was saved: %s', (_name, settings) => {
    expect(settingsOf(sessionFieldsOf(settings))).toEqual(settings)
  })

  it.each<[string, Partial<SessionFields>]>([
    ['the server’s defaults', {}],
    [
      'read-only · manual commit · statements 30 s · locks 500 ms',
      { isReadOnly: true, commitMode: 'manual', statementTimeout: '30 s', lockTimeout: '500 ms' },
    ],
    [
      'search_path · as reader · start-up SQL · keepalive',
      { searchPath: 'here', roleToSet: 'reader', startupSql: 'select 1', keepaliveSeconds: '9' },
    ],
  ])('say what differs: %s', (expected, parts) => {
    expect(sessionSummary({ ...NO_SESSION, ...parts })).toBe(expected)
  })
})
