import type { Node } from 'libpg-query'
import type { DraftedStatement, MigrationDraft } from '../../../../contract/draft'
import { scanScript } from '../../../../contract/script-scanner'
import { lineColumnAt } from '../../../../contract/statement'
import { FailureError } from '../../failure-error'
import { loadParser, type Parser } from '../../parse/parser'
import type { Session } from '../../session/session'
import { calledFunctions } from '../lint/rules/columns'
import { outsideTransaction, refusalOf } from '../script-check'
import { Catalog } from './catalog'
import { type Inverse, none } from './inverse'
import { invert } from './invert'
import { invertDone } from './invert-done'

/** How long a statement waits for a lock while it is tried out: others wait behind it meanwhile. */
const LOCK_TIMEOUT = '3s'
/** duplicate_table, _object, _column, _schema, _function. */
const DUPLICATES: ReadonlySet<string> = new Set(['42P07', '42710', '42701', '42P06', '42723'])
const MAX_SHOWN_UNITS = 300

/**
 * A migration from SQL, with a rollback from its parse tree and the catalog: each statement is tried out in a transaction that is
 * rolled back, because the names that the server gives, and what a later statement changes, are known only then. The session must
 * be its caller's alone.
 */
export async function draftMigration(session: Session, text: string): Promise<MigrationDraft> {
  const parser = await loadParser()
  const script = text.trim()
  const statements = scanScript(script, { hasStandardStrings: session.hasStandardStrings }).statements
  const trial = new Trial(session, parser)
  await session.query('begin')
  try {
    await session.query("select pg_catalog.set_config('lock_timeout', $1, true)", [LOCK_TIMEOUT])
    const path = await trial.searchPath()
    for (const statement of statements) {
      const body = script.slice(statement.from, statement.to)
      // The data of a COPY belongs to the statement before it.
      if (statement.kind === 'copy data') continue
      const { line } = lineColumnAt(script, statement.from)
      const outside = outsideTransaction(statement.words, body)
      const refusal = refusalOf(statement, body, outside === null)
      if (refusal !== null) trial.note(body, line, none(refusal))
      else await trial.take(body, line, outside)
    }
    const last = trial.stopped === null ? await trial.searchPath() : path
    return trial.draft(withTransactionOff(withEnd(script), trial.needsNoTransaction), last === path ? null : last)
  } finally {
    if (session.lostBecause === null) await session.query('rollback')
  }
}

class Trial {
  stopped: MigrationDraft['stopped'] = null
  needsNoTransaction = false
  private readonly session: Session
  private readonly parser: Parser
  private readonly catalog: Catalog
  private readonly statements: DraftedStatement[] = []
  private readonly inverses: Inverse[] = []

  constructor(session: Session, parser: Parser) {
    this.session = session
    this.parser = parser
    this.catalog = new Catalog(session)
  }

  /** True when the first statement says that what it makes is there: the script was run by hand already. */
  get isDone(): boolean {
    const failure = this.stopped?.failure
    return this.stopped?.statement === 1 && failure?.kind === 'postgres' && DUPLICATES.has(failure.code)
  }

  /** Tries a statement out and notes what takes it back; `outside` names a command that runs in no transaction. */
  async take(text: string, line: number, outside: string | null): Promise<void> {
    if (outside !== null) this.needsNoTransaction = true
    const parsed = this.parser.parse(text)
    if (parsed.kind !== 'tree') {
      const reason = parsed.kind === 'error' ? parsed.message : 'It is too long to be read.'
      if (this.stopped === null) await this.run(text)
      this.note(text, line, none(reason))
      return
    }
    if (this.isDone) {
      this.note(text, line, await invertDone(parsed.tree))
      return
    }
    if (this.stopped !== null) {
      this.note(text, line, none('It was not tried out, because a statement above it failed.'))
      return
    }
    const finish = await this.attempt(() => invert(parsed.tree, text, this.catalog, this.parser))
    if (finish !== null && !isOnlyRows(parsed.tree))
      await (outside === null ? this.run(text) : this.withoutConcurrently(text))
    if (this.isDone) {
      this.note(text, line, await invertDone(parsed.tree))
      return
    }
    // Of a statement that failed, nobody knows what it would have made.
    const inverse = finish === null || this.stopped !== null ? null : await this.attempt(finish)
    this.note(text, line, inverse ?? none('It failed when it was tried out.'))
  }

  note(text: string, line: number, inverse: Inverse): void {
    const shown = text.length > MAX_SHOWN_UNITS ? `${text.slice(0, MAX_SHOWN_UNITS)}…` : text
    this.statements.push({ line, text: shown, inverse: inverse.kind, remark: inverse.remark })
    this.inverses.push(inverse)
  }

  async searchPath(): Promise<string> {
    return (await this.catalog.value(`select pg_catalog.current_setting('search_path')`)) ?? ''
  }

  draft(up: string, path: string | null): MigrationDraft {
    const { statements, stopped, inverses } = this
    const hasInverse = inverses.some(({ sql }) => sql.length > 0)
    const down = hasInverse ? this.downText(path) : null
    return { up, down, statements, stopped, isDone: this.isDone }
  }

  private downText(path: string | null): string {
    const begin = [
      ...(this.needsNoTransaction ? ['-- transaction: off'] : []),
      ...(path === null ? [] : [`set search_path = ${path === '' ? "''" : path};`]),
    ]
    const parts = this.inverses.map(({ sql, remark, kind }) => {
      const comment = remark === null || kind === 'not needed' ? [] : [`-- ${oneLine(remark)}`]
      return [...comment, ...sql.map((one) => `${one};`)].join('\n')
    })
    return `${[...begin, ...parts.reverse()].filter((part) => part !== '').join('\n')}\n`
  }

  private async run(text: string): Promise<void> {
    await this.attempt(() => this.session.query(text))
  }

  /** An index is made without CONCURRENTLY, to learn its name; other commands of this kind are left out. */
  private async withoutConcurrently(text: string): Promise<void> {
    const plain = /^create\s+(?:unique\s+)?index\s+concurrently\s/i.exec(text)
    if (plain === null) return
    await this.run(`${plain[0].replace(/concurrently\s$/i, '')}${text.slice(plain[0].length)}`)
  }

  /** Notes the first failure of the server: the transaction is aborted then, and the catalog can be asked no more. */
  private async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof FailureError) || this.session.lostBecause !== null) throw error
      this.stopped ??= { statement: this.statements.length + 1, failure: error.failure }
      return null
    }
  }
}

/** True for what moves rows and makes nothing: COPY waits for data, and the rows of a SELECT are nobody's. */
function isOnlyRows(tree: Node): boolean {
  if ('CopyStmt' in tree) return true
  return 'SelectStmt' in tree && tree.SelectStmt.intoClause === undefined && calledFunctions(tree).length === 0
}

function withEnd(script: string): string {
  // Behind the data of a COPY there is no statement to be ended.
  return /;\s*(--[^\n]*)?$|^\\\.$/m.test(script.slice(script.lastIndexOf('\n') + 1)) ? `${script}\n` : `${script};\n`
}

function withTransactionOff(script: string, isOff: boolean): string {
  return isOff && !/^--\s*transaction\s*:/im.test(script) ? `-- transaction: off\n${script}` : script
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}
