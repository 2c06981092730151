import { lineColumnAt, ScriptError, splitStatements } from '../../../contract/statement'
import { FailureError } from '../failure-error'
import { RawQuery } from './raw-query'
import { readOnlyFrame } from './read-only'
import type { Session } from './session'
import { settingFailure } from './session-settings'

/** Milliseconds that start-up SQL may take. */
export const STARTUP_LIMIT_MS = 60_000
const ADVICE = 'Nothing of the tab was run. Edit the connection: its start-up SQL stands in the section Session.'
const IGNORED = { columnsArrived: () => {}, commandCompleted: () => {} }

/**
 * Runs the profile's start-up SQL, statement by statement; rows are thrown away. The first that fails ends it, and the `connection` failure
 * says which one and why: the session is not as the profile wants it.
 */
export async function runStartupSql(session: Session, limitMs = STARTUP_LIMIT_MS): Promise<void> {
  const { startupSql } = session.settings
  if (startupSql === '') return
  const limit = setTimeout(() => void session.cancel().catch(() => {}), limitMs)
  try {
    for (const statement of statementsOf(startupSql, session.hasStandardStrings)) {
      await runOne(session, statement, limitMs)
    }
  } finally {
    clearTimeout(limit)
  }
  if (session.transactionStatus !== 'none') {
    throw settingFailure('The start-up SQL of this connection leaves a transaction open.', ADVICE)
  }
}

interface StartupStatement {
  readonly text: string
  readonly line: number
  readonly isCopy: boolean
}

function statementsOf(script: string, hasStandardStrings: boolean): StartupStatement[] {
  try {
    return splitStatements(script, { hasStandardStrings }).map(({ from, to, kind, words }) => {
      const { line } = lineColumnAt(script, from)
      if (kind !== 'sql')
        throw settingFailure(`The start-up SQL holds what only psql understands, line ${line}.`, ADVICE)
      return { text: script.slice(from, to), line, isCopy: words[0] === 'copy' }
    })
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    const { line } = lineColumnAt(script, error.at)
    throw settingFailure(`The start-up SQL of this connection cannot be read, line ${line}: ${error.message}`, ADVICE)
  }
}

/** On a read-only connection nothing of it writes either. */
async function runFramed(session: Session, text: string, isCopy: boolean): Promise<void> {
  const copy = { isCopy, data: null }
  if (!session.settings.isReadOnly) {
    await session.run(new RawQuery(text, [], IGNORED, copy), text)
    return
  }
  const frame = await readOnlyFrame(session, text)
  let tag: string | null = null
  const commandCompleted = (completed: string | null) => {
    tag = completed
  }
  try {
    await session.run(new RawQuery(frame.text, [], { ...IGNORED, commandCompleted }, copy), text)
  } catch (error) {
    await frame.end(null).catch(() => {}) // what failed first says more
    throw error
  }
  await frame.end(tag)
}

async function runOne(session: Session, { text, line, isCopy }: StartupStatement, limitMs: number): Promise<void> {
  try {
    await runFramed(session, text, isCopy)
  } catch (error) {
    const failure = error instanceof FailureError ? error.failure : null
    if (failure?.kind === 'cancelled') {
      throw settingFailure(
        `The start-up SQL of this connection did not end within ${limitMs / 1000} s, line ${line}.`,
        ADVICE,
      )
    }
    if (failure?.kind !== 'postgres') throw error
    const says = [failure.message, failure.detail, failure.hint].filter((part) => part !== undefined).join(' ')
    throw settingFailure(`The start-up SQL of this connection failed, line ${line}: ${says}`, ADVICE, failure.code)
  }
}
