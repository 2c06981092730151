import { failureMessage } from '../../contract/failure'
import type { HeardNotice } from '../../contract/query'
import { failureText } from '../ui/failure-view'
import { countOf, formatElapsed } from '../ui/format'
import type { StatementView } from './tab-query'

/** One line of Messages, in the order in which things happened. */
export type MessageLine =
  | { readonly kind: 'statement'; readonly statement: StatementView; readonly number: number }
  | { readonly kind: 'notice'; readonly notice: HeardNotice }
  /** Notices that were counted, but not kept. */
  | { readonly kind: 'dropped'; readonly count: number }

/** The lines of a run: each statement, and behind it the notices that came with it. */
export function messageLines(statements: readonly StatementView[]): readonly MessageLine[] {
  const lines: MessageLine[] = []
  for (const [index, statement] of statements.entries()) {
    lines.push({ kind: 'statement', statement, number: index + 1 })
    for (const notice of statement.notices) lines.push({ kind: 'notice', notice })
    if (statement.droppedNotices > 0) lines.push({ kind: 'dropped', count: statement.droppedNotices })
  }
  return lines
}

/** What became of a statement, in words; of a failed one only that it was cancelled. */
export function outcomeInWords(statement: StatementView): string {
  switch (statement.state) {
    case 'not run':
      return 'not run'
    case 'running':
      return 'running'
    case 'failed':
      return `cancelled · ${formatElapsed(statement.elapsedMs)}`
    case 'complete':
      return [statement.commandTag, formatElapsed(statement.elapsedMs)].filter((part) => part !== '').join(' · ')
  }
}

/** What is said of notices that are not kept. */
export function droppedInWords(count: number): string {
  return `${countOf(count, 'more notice')} of this statement ${count === 1 ? 'is' : 'are'} counted, but not kept.`
}

/** Local time of a notice, to the millisecond. */
export function clockTime(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`
}

/** All messages of a run as plain text, for the clipboard. */
export function messagesText(
  statements: readonly StatementView[],
  placeOf: (statement: StatementView) => string | undefined,
): string {
  return messageLines(statements)
    .map((line) => {
      if (line.kind === 'dropped') return `   ${droppedInWords(line.count)}`
      if (line.kind === 'notice') return noticeText(line.notice)
      return statementText(line.statement, line.number, placeOf(line.statement))
    })
    .join('\n')
}

function statementText(statement: StatementView, number: number, place: string | undefined): string {
  const { failure, remark } = statement
  const head = `${number}. ${statement.text}`
  if (failure !== null && failure.kind !== 'cancelled') {
    const first = failureMessage(failure)
    const rest = failureText(failure, place).slice(first.length)
    return `${head}\n   ${first}${rest.replaceAll('\n', '\n   ')}`
  }
  return `${head}\n   ${outcomeInWords(statement)}${remark === null ? '' : `\n   ${remark}`}`
}

function noticeText(notice: HeardNotice): string {
  const more = [notice.detail, notice.hint].filter((part) => part !== undefined)
  return [`   ${clockTime(notice.at)} ${notice.severity}: ${notice.message}`, ...more.map((part) => `   ${part}`)].join(
    '\n',
  )
}
