import type { SessionSettings } from '../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../contract/profile-defaults'
import { readDuration, writeDuration } from '../duration'

/** What the section "Session" holds, as typed. */
export interface SessionFields {
  readonly isReadOnly: boolean
  readonly commitMode: 'default' | 'auto' | 'manual'
  /** With its unit, e.g. `30 s`; empty leaves it to the server. */
  readonly statementTimeout: string
  readonly lockTimeout: string
  /** In seconds. */
  readonly keepaliveSeconds: string
  readonly searchPath: string
  readonly roleToSet: string
  readonly startupSql: string
}

/** A session as the server gives it. */
export const NO_SESSION: SessionFields = sessionFieldsOf(SETTINGS_DEFAULTS)

/** The fields of a saved profile. */
export function sessionFieldsOf(settings: SessionSettings): SessionFields {
  const timeout = (value: number | null) => (value === null ? '' : writeDuration(value))
  return {
    isReadOnly: settings.isReadOnly,
    commitMode: settings.commitMode ?? 'default',
    statementTimeout: timeout(settings.statementTimeoutMs),
    lockTimeout: timeout(settings.lockTimeoutMs),
    keepaliveSeconds: String(settings.keepaliveSeconds),
    searchPath: settings.searchPath ?? '',
    roleToSet: settings.roleToSet ?? '',
    startupSql: settings.startupSql,
  }
}

/** What the fields say of every session. */
export function settingsOf(fields: SessionFields): SessionSettings {
  const timeout = (text: string) => (text.trim() === '' ? null : readDuration(text))
  const seconds = fields.keepaliveSeconds.trim()
  return {
    isReadOnly: fields.isReadOnly,
    commitMode: fields.commitMode === 'default' ? null : fields.commitMode,
    statementTimeoutMs: timeout(fields.statementTimeout),
    lockTimeoutMs: timeout(fields.lockTimeout),
    keepaliveSeconds: /^\d+$/.test(seconds) ? Number(seconds) : 0,
    searchPath: fields.searchPath.trim() === '' ? null : fields.searchPath.trim(),
    roleToSet: fields.roleToSet === '' ? null : fields.roleToSet,
    startupSql: fields.startupSql.trim() === '' ? '' : fields.startupSql,
  }
}

/** What differs from a session as the server gives it, in a few words. */
export function sessionSummary(fields: SessionFields): string {
  const words = [
    ...(fields.isReadOnly ? ['read-only'] : []),
    ...(fields.commitMode === 'default' ? [] : [`${fields.commitMode} commit`]),
    ...(fields.statementTimeout.trim() === '' ? [] : [`statements ${fields.statementTimeout.trim()}`]),
    ...(fields.lockTimeout.trim() === '' ? [] : [`locks ${fields.lockTimeout.trim()}`]),
    ...(fields.searchPath.trim() === '' ? [] : ['search_path']),
    ...(fields.roleToSet === '' ? [] : [`as ${fields.roleToSet}`]),
    ...(fields.startupSql.trim() === '' ? [] : ['start-up SQL']),
    ...(fields.keepaliveSeconds === NO_SESSION.keepaliveSeconds ? [] : ['keepalive']),
  ]
  return words.length === 0 ? 'the server’s defaults' : words.join(' · ')
}
