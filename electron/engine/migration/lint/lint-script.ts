import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LintFinding, LintReport } from '../../../../contract/lint'
import { scanScript } from '../../../../contract/script-scanner'
import { lineColumnAt } from '../../../../contract/statement'
import { dottedName, relationName } from '../../parse/names'
import { loadParser, MAX_PARSED_UNITS, type Parser } from '../../parse/parser'
import { readHeader } from '../migration-header'
import { type Facts, NO_FACTS } from './facts'
import { columnConstraints, columnOf, commands, locksOf, ranges } from './locks'
import { Made } from './made'
import type { Advice, Edit, LintContext, LintStatement, TakenLock } from './rule'
import { RULES } from './rules'
import { calledFunctions } from './rules/columns'
import { isFineAlone } from './rules/indexes'
import { isStrong } from './rules/strong-locks'
import { type SwitchOff, switchOffPlace, switchOffsOf } from './switch-off'
import { uselessSwitchOff } from './useless-switch-off'

/** What the check of a file needs besides its text. */
export interface LintOptions {
  readonly part: 'up' | 'down'
  readonly hasStandardStrings?: boolean
  /** Left out, the file's header says it. */
  readonly isTransactional?: boolean
  /** Asks the database for the relations and functions of these names; left out, nothing is known of it. */
  readonly readFacts?: (relations: readonly string[], functions: readonly string[]) => Promise<Facts>
}

/** The parser is given a pause to others after so much text. */
const SLICE_UNITS = 16 * 1024
/** The rules look at so many statements between two pauses. */
const STATEMENTS_AT_ONCE = 100
/** More than anybody reads. */
const MAX_FINDINGS = 500
/** Only the beginning of longer files is checked: a dump of data has no statement that the rules are about. */
const MAX_CHECKED_UNITS = 4 * 1024 * 1024

/** What is dangerous in a migration file and the safer way, from PostgreSQL's own parse tree and the catalog. */
export async function lintScript(text: string, options: LintOptions): Promise<LintReport> {
  const isTransactional = options.isTransactional ?? readHeader(text, options.part).header.isTransactional
  const { statements, problems, limit } = await parseAll(text, options)
  const facts = (await options.readFacts?.(...namesIn(statements)).catch(() => NO_FACTS)) ?? NO_FACTS
  const made = new Made()
  const findings: Finding[] = [...problems]
  const lines = lineStarts(text)
  const together = needTransaction(statements)
  const held: TakenLock[] = []
  for (const [index, statement] of statements.entries()) {
    if (findings.length >= MAX_FINDINGS) break
    if (index % STATEMENTS_AT_ONCE === STATEMENTS_AT_ONCE - 1) await nextTurn()
    const context: LintContext = {
      made,
      facts,
      isTransactional,
      part: options.part,
      statements,
      index,
      held,
      withoutTransaction: () => (isTransactional ? headerEdits(text, statements, together, index) : []),
    }
    const locks = locksOf(statement.tree, made, facts)
    for (const rule of RULES) {
      if (options.part === 'down' && !rule.isForDown) continue
      for (const advice of rule.check(statement, context)) {
        const switchOffAt = switchOffPlace(text, statements, index)
        findings.push(
          findingOf(lineAt(lines, statement.from), statement, { ...advice, rule: rule.id, locks, switchOffAt, index }),
        )
      }
    }
    made.note(statement.tree)
    held.push(...locks.filter(isStrong))
  }
  const switches = switchOffsOf(text.slice(0, MAX_CHECKED_UNITS), statements)
  const kept = findings.filter(({ finding, index }) => !switches.some((one) => silences(one, finding, index)))
  const wrong = switches.flatMap((one) => {
    const fires = findings.some(({ finding, index }) => finding.rule === one.rule && index === one.statement)
    return uselessSwitchOff(text, one, fires)
  })
  const all = [...kept.map(({ finding }) => finding), ...wrong]
  all.sort((a, b) => a.from - b.from)
  const cut = findings.length >= MAX_FINDINGS ? `Only the first ${MAX_FINDINGS} findings are told.` : limit
  return { findings: all, switchedOff: findings.length - kept.length, limit: cut }
}

interface Finding {
  readonly finding: LintFinding
  /** Of its statement. */
  readonly index: number
}

async function parseAll(text: string, options: LintOptions) {
  const parser = await loadParser()
  const statements: LintStatement[] = []
  const problems: Finding[] = []
  let limit: string | null = null
  let sinceTurn = 0
  const scan = scanScript(text.slice(0, MAX_CHECKED_UNITS), { hasStandardStrings: options.hasStandardStrings ?? true })
  if (text.length > MAX_CHECKED_UNITS) limit = `Only the first ${MAX_CHECKED_UNITS / 1024 / 1024} MB were checked.`
  // Where the text is cut, so is the last statement: what it lacks would be a mistake, or a missing WHERE.
  const whole = limit === null ? scan.statements : scan.statements.slice(0, -1)
  for (const { kind, from, to, words } of whole) {
    if (kind !== 'sql') continue
    if (to - from > MAX_PARSED_UNITS) {
      // Rows to be inserted are what makes a statement long; the rules have nothing to say of them.
      if (words[0] !== 'insert') limit ??= `A statement of more than ${MAX_PARSED_UNITS / 1024} KB was not checked.`
      continue
    }
    sinceTurn += to - from
    if (sinceTurn > SLICE_UNITS) {
      sinceTurn = 0
      await nextTurn()
    }
    const isCut = scan.problem !== null && to >= scan.problem.at
    const own = parseOne(parser, text, from, to)
    if ('tree' in own) statements.push(own)
    else if (!isCut) problems.push({ finding: own, index: -1 })
  }
  return { statements, problems, limit }
}

function parseOne(parser: Parser, text: string, from: number, to: number): LintStatement | LintFinding {
  const body = text.slice(from, to)
  const parsed = parser.parse(body)
  if (parsed.kind === 'tree') return { tree: parsed.tree, text: body, from, to, offsetOf: parsed.offsetOf }
  const at = Math.min(from + (parsed.kind === 'error' ? parsed.at : 0), Math.max(from, to - 1))
  return {
    rule: 'syntax-error',
    severity: 'error',
    from: at,
    to,
    line: lineColumnAt(text, at).line,
    title: parsed.kind === 'error' ? parsed.message : 'The statement is too long to be checked',
    locks: [],
    reason: 'This is what the grammar of PostgreSQL 18 says; nothing was sent to the server.',
    safer: '',
    fix: null,
    switchOffAt: null,
  }
}

function findingOf(
  line: number,
  { from, to }: LintStatement,
  about: Advice &
    Pick<LintFinding, 'rule' | 'switchOffAt'> & { readonly index: number; readonly locks: readonly TakenLock[] },
): Finding {
  const { index, rule, title, reason, safer, severity = 'warning', fix = null, locks, switchOffAt } = about
  const edits = fix === null ? null : { label: fix.label, edits: [...fix.edits] }
  return {
    finding: { rule, severity, from, to, line, title, locks: [...locks], reason, safer, fix: edits, switchOffAt },
    index,
  }
}

/** Edits that put `-- transaction: off` into the header; null where another statement of the file needs the transaction. */
function headerEdits(
  text: string,
  statements: readonly LintStatement[],
  together: ReadonlySet<number>,
  index: number,
): readonly Edit[] | null {
  if (together.size > (together.has(index) ? 1 : 0)) return null
  const given = /^--\s*transaction\s*:[^\n]*/im.exec(text.slice(0, statements[0]?.from ?? 0))
  if (given !== null) return [{ from: given.index, to: given.index + given[0].length, text: '-- transaction: off' }]
  const title = /^--\s*title\s*:[^\n]*\n/i.exec(text)
  const at = title === null ? 0 : title[0].length
  return [{ from: at, to: at, text: '-- transaction: off\n' }]
}

/** Names of the relations whose facts the rules want, and of the functions in new defaults. */
function namesIn(statements: readonly LintStatement[]): [relations: readonly string[], functions: readonly string[]] {
  const relations = new Set<string>()
  const functions = new Set<string>()
  for (const { tree } of statements) {
    if ('AlterTableStmt' in tree) {
      relations.add(relationName(tree.AlterTableStmt.relation))
      for (const one of commands(tree.AlterTableStmt.cmds)) {
        for (const constraint of columnConstraints(columnOf(one))) {
          for (const name of calledFunctions(constraint.raw_expr)) functions.add(name)
        }
      }
    } else if ('IndexStmt' in tree) relations.add(relationName(tree.IndexStmt.relation))
    else if ('UpdateStmt' in tree) relations.add(relationName(tree.UpdateStmt.relation))
    else if ('DeleteStmt' in tree) relations.add(relationName(tree.DeleteStmt.relation))
    else if ('ReindexStmt' in tree) relations.add(relationName(tree.ReindexStmt.relation))
    else if ('TruncateStmt' in tree)
      for (const one of ranges(tree.TruncateStmt.relations)) relations.add(relationName(one))
    else if ('DropStmt' in tree) {
      for (const one of tree.DropStmt.objects ?? []) if ('List' in one) relations.add(dottedName(one.List.items))
    }
  }
  relations.delete('')
  return [[...relations], [...functions]]
}

function silences(one: SwitchOff, finding: LintFinding, index: number): boolean {
  return finding.switchOffAt !== null && one.reason !== '' && one.rule === finding.rule && one.statement === index
}

/** The statements that would lose something if each of them committed by itself. */
function needTransaction(statements: readonly LintStatement[]): ReadonlySet<number> {
  const made = new Made()
  return new Set(statements.flatMap(({ tree }, index) => (isFineAlone(tree, { made }) ? [] : [index])))
}

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Line from 1 of an offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return low + 1
}
