import { randomBytes } from 'node:crypto'
import { FailureError, refusal } from '../../failure-error'
import type { Session } from '../../session/session'
import type { HistoryRow } from '../migration-history'
import { upFileOf } from '../migration-name'
import { readScript, type Script } from '../migration-script'
import { RunSettings } from '../run-session'
import { runStatement } from '../run-statement'
import { cancellable } from '../run-statements'
import { compareSnapshots, isSame } from '../snapshot/compare-snapshots'
import { differenceLines } from '../snapshot/difference-lines'
import { readSnapshot } from '../snapshot/read-snapshot'
import type { ProjectState } from './choose-work'
import { isServerWide } from './server-wide'

/** What a scratch database is made from. */
export interface ScratchSource {
  /** In the database whose schema is copied; it stays open as long as the copy is in use. */
  readonly session: Session
  readonly state: Pick<ProjectState, 'contents' | 'rows' | 'keptUp'>
  /** What is applied in the copy, in applied order: all of it, or what was applied before one that is tried anew. */
  readonly replayed: readonly HistoryRow[]
  readonly openSession: (database: string) => Promise<Session>
  readonly signal: AbortSignal
}

const COMMENT = 'A scratch copy made by Strata for a rehearsal. It is dropped when the rehearsal ends.'
/** The backend that made it is part of the name: once that one is gone, nobody needs the copy. */
const NAME = /^strata_scratch_(\d+)_[0-9a-f]{12}$/

/**
 * Does something in a new database of the same server into which the applied migrations were replayed, and drops it. A copy by
 * TEMPLATE would need everybody to disconnect, and hold every row. `about` says how far the copy is that of the schema.
 */
export async function onScratchDatabase<T>(
  source: ScratchSource,
  work: (session: Session, about: string) => Promise<T>,
): Promise<T> {
  const { session } = source
  await dropLeftovers(session)
  const scripts = await appliedScripts(source)
  const name = await createScratch(session)
  try {
    const scratch = await source.openSession(name)
    try {
      const leftOut = await replay(scratch, scripts, source.signal)
      return await work(scratch, (await aboutOf(source, scratch)) + leftOutInWords(leftOut))
    } finally {
      await scratch.end()
    }
  } finally {
    await dropScratch(session, name)
  }
}

/** Drops scratch databases of rehearsals that were cut off: by their names and comments, owned by this role, their backends gone. */
export async function dropLeftovers(session: Session): Promise<readonly string[]> {
  const { rows } = await session.query(
    `select d.datname::text, pg_catalog.shobj_description(d.oid, 'pg_database') from pg_catalog.pg_database d
     where d.datname ~ '^strata_scratch_' and d.datdba = (select r.oid from pg_catalog.pg_roles r where r.rolname = current_user)
       and not exists (select from pg_catalog.pg_stat_activity a where a.pid::text = pg_catalog.split_part(d.datname, '_', 3) or a.datname = d.datname)`,
  )
  const dropped: string[] = []
  for (const [name, comment] of rows) {
    // Made but not commented on yet when it was cut off; any other comment is somebody else's.
    const isOurs = name != null && NAME.test(name) && (comment === null || comment === COMMENT)
    if (isOurs && (await dropScratch(session, name))) dropped.push(name)
  }
  return dropped
}

async function createScratch(session: Session): Promise<string> {
  const name = `strata_scratch_${session.facts.backendPid}_${randomBytes(6).toString('hex')}`
  const { rows } = await session.query(`select pg_catalog.quote_literal(pg_catalog.pg_encoding_to_char(d.encoding)),
      pg_catalog.quote_literal(d.datcollate), pg_catalog.quote_literal(d.datctype)
    from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`)
  const [encoding, collate, ctype] = rows[0] ?? []
  try {
    await session.query(
      `create database ${name} template template0 encoding ${encoding} lc_collate ${collate} lc_ctype ${ctype}`,
    )
  } catch (error) {
    const failure = error instanceof FailureError ? error.failure : null
    if (failure?.kind !== 'postgres' || failure.code !== '42501') throw error
    throw refusal(
      'place',
      `Role ${session.facts.role} may not create databases, so there can be no scratch copy. Rehearse on this database, or ask for: ALTER ROLE ${JSON.stringify(session.facts.role)} CREATEDB;`,
    )
  }
  await session.query(`comment on database ${name} is '${COMMENT}'`)
  return name
}

async function dropScratch(session: Session, name: string): Promise<boolean> {
  if (session.lostBecause !== null) return false // the next rehearsal drops it
  return session.query(`drop database if exists ${name} with (force)`).then(
    () => true,
    () => false,
  )
}

/** The scripts of everything that is applied, in applied order, as they ran; refused when one of them is not known. */
async function appliedScripts({ session, state, replayed }: ScratchSource): Promise<readonly Script[]> {
  const files = new Map(state.contents?.migrations.map((file) => [file.name, file]))
  const scripts: Script[] = []
  for (const row of replayed) {
    const text = await state.keptUp(row.name)
    const file = files.get(row.name)?.up
    const isSame = file?.checksum === row.checksum
    if (text !== null) {
      const options = { hasStandardStrings: session.hasStandardStrings }
      scripts.push(readScript(upFileOf(row.name), text, 'up', options))
    } else if (file != null && isSame) scripts.push(file)
    else {
      throw refusal(
        'place',
        `A scratch copy is made by running the applied migrations again, and the text of "${row.name}" is not known: the history kept none, and there is no unchanged file. Rehearse on this database.`,
      )
    }
  }
  return scripts
}

/** Runs them again and answers with the places of what it left out: the server has that already, with all that was changed since. */
async function replay(session: Session, scripts: readonly Script[], signal: AbortSignal): Promise<readonly string[]> {
  const leftOut: string[] = []
  const settings = new RunSettings(session)
  await settings.begin()
  for (const script of scripts) {
    const { file, header, statements } = script
    if (header.isTransactional) await session.query('begin')
    for (const statement of statements) {
      signal.throwIfAborted()
      if (isServerWide(statement.text)) {
        leftOut.push(`${file}, line ${statement.line}`)
        continue
      }
      try {
        await cancellable(session, () => runStatement(session, script, statement), signal)
      } catch (error) {
        throw notReplayed(error, `${file}, line ${statement.line}`)
      }
    }
    await settings.restore()
    if (header.isTransactional) await session.query('commit')
  }
  return leftOut
}

function leftOutInWords(places: readonly string[]): string {
  if (places.length === 0) return ''
  const rest = places.length > 5 ? `, and ${places.length - 5} more` : ''
  return ` Not run again there, because roles, databases and settings belong to the whole server: ${places.slice(0, 5).join('; ')}${rest}.`
}

function notReplayed(error: unknown, place: string): unknown {
  const failure = error instanceof FailureError ? error.failure : null
  if (failure?.kind !== 'postgres') return error
  return new FailureError(
    {
      kind: 'refused',
      issues: [
        {
          path: 'place',
          message: `The scratch copy could not be made: running the applied migrations again stopped at ${place} with: ${failure.message.replace(/\.$/, '')}. The schema does not come from the migrations alone. Rehearse on this database.`,
        },
      ],
    },
    { cause: error },
  )
}

async function aboutOf({ session, state, replayed }: ScratchSource, scratch: Session): Promise<string> {
  const count = replayed.length
  const isWhole = count === state.rows.length
  const ran = count === 1 ? 'the migration' : `the ${count} migrations`
  const how =
    count === 0
      ? 'On a new, empty database, dropped afterwards.'
      : `On a scratch copy of the schema, made by running ${ran} applied ${isWhole ? 'so far' : 'before it'} again and dropped afterwards.`
  const made = `${how} It holds no rows but those of migrations, so times and scans say little.`
  if (!isWhole) return made
  const { database } = session.facts
  const difference = compareSnapshots(await readSnapshot(session), await readSnapshot(scratch))
  if (isSame(difference)) return `${made} Its schema is exactly that of ${database}.`
  const lines = differenceLines(difference).map(({ sign, text }) => `${sign} ${text}`)
  const rest = lines.length > 5 ? `, and ${lines.length - 5} more` : ''
  return `${made} Its schema is not exactly that of ${database}. What is different in the copy: ${lines.slice(0, 5).join('; ')}${rest}.`
}
