import type { SessionSettings } from '../../../contract/profile'
import { FailureError } from '../failure-error'
import type { Session } from './session'

/**
 * Makes the session act as the profile's role to SET, for whatever it is used. Behind a pooler it is refused: another client of the pooler
 * would get the role, and the next statement may go to a server process without it.
 */
export async function actAsRole(session: Session): Promise<void> {
  const { roleToSet } = session.settings
  if (roleToSet === null) return
  await session.learnServer()
  if (session.server.facts.isPooled) {
    throw settingFailure(
      `The role "${roleToSet}" cannot be set: a connection pooler stands before the server, and would give it to other clients.`,
      'Connect to the server itself, or take SET ROLE out of the section Session of this connection.',
    )
  }
  await set(session, 'role', roleToSet)
}

/** The profile's settings for tabs, in the server's words, with their values; those that it leaves to the server are not among them. */
function tabSettings(settings: SessionSettings): readonly (readonly [name: string, value: string])[] {
  const { isReadOnly, searchPath, lockTimeoutMs, statementTimeoutMs } = settings
  return [
    // For the start-up SQL; what tabs run later is kept from writing statement by statement.
    ...(isReadOnly ? [['default_transaction_read_only', 'on'] as const] : []),
    ...(searchPath === null ? [] : [['search_path', searchPath] as const]),
    ...(lockTimeoutMs === null ? [] : [['lock_timeout', `${lockTimeoutMs}ms`] as const]),
    ...(statementTimeoutMs === null ? [] : [['statement_timeout', `${statementTimeoutMs}ms`] as const]),
  ]
}

/** Gives a tab's session the profile's search_path and timeouts. */
export async function applyTabSettings(session: Session): Promise<void> {
  for (const [name, value] of tabSettings(session.settings)) await set(session, name, value)
}

/** What a tab's session would have been given if no pooler stood between, in the server's words. */
export function unsentSettings({ settings }: Session): string[] {
  const names = tabSettings({ ...settings, isReadOnly: false }).map(([name]) => name)
  return settings.startupSql === '' ? names : [...names, 'start-up SQL']
}

/** A session that is not as the profile wants it is none: what would run in it was meant for another. */
export function settingFailure(message: string, advice: string, code?: string): FailureError {
  return new FailureError({
    kind: 'connection',
    reason: 'rejected',
    message,
    advice,
    ...(code === undefined ? {} : { code }),
  })
}

async function set(session: Session, name: string, value: string): Promise<void> {
  try {
    await session.query('select pg_catalog.set_config($1, $2, false)', [name, value])
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure.kind !== 'postgres') throw error
    const { message, code } = error.failure
    throw settingFailure(
      `${name} could not be set to ${value}: ${message}`,
      'Nothing was run. Edit the connection: it stands in the section Session.',
      code,
    )
  }
}
