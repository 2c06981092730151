import type { Failure } from '../../contract/failure'
import { maskScript } from '../../contract/mask-secrets'
import { printable } from './terminal'

/** Lines of a statement that a failure quotes at most. */
const MAX_QUOTED_LINES = 12

/** A failure in lines for people: PostgreSQL's own words, the place in the file, and what is left. */
export function describeFailure(failure: Failure): readonly string[] {
  switch (failure.kind) {
    case 'postgres': {
      const { severity, message, detail, hint, where, code } = failure
      const more = { Detail: detail, Hint: hint, Where: where }
      return [
        `${severity}: ${printable(message)} (${code})`,
        ...Object.entries(more).flatMap(([word, text]) => (text === undefined ? [] : [`${word}: ${printable(text)}`])),
      ]
    }
    case 'connection':
      return [
        printable(failure.message),
        ...(failure.secret?.state === 'missing' ? [PASSWORD_ADVICE] : adviceOf(failure.advice)),
      ]
    case 'storage':
      return [failure.message, failure.advice]
    case 'refused':
      return failure.issues.map((issue) => printable(issue.message))
    case 'migration': {
      const { migration, statement, statementCount, file, line, column, cause, left } = failure
      const place =
        statement === 0
          ? ''
          : ` at statement ${statement} of ${statementCount} (${file}, line ${line}, column ${column})`
      const what = cause.kind === 'cancelled' ? 'was cancelled' : 'failed'
      return [
        `${migration} ${what}${place}:`,
        ...describeFailure(cause).map((each) => `  ${each}`),
        ...quoted(failure.statementText),
        left,
      ]
    }
    default:
      return [printable(failure.message)]
  }
}

/** A failure as it may be written to a log: statements without the passwords they hold. */
export function withoutSecrets<T extends Failure>(failure: T): T {
  return failure.kind === 'migration' ? { ...failure, statementText: maskScript(failure.statementText).text } : failure
}

const PASSWORD_ADVICE = 'Set PGPASSWORD or STRATA_DATABASE_URL, or run this on a terminal to be asked for it.'

const adviceOf = (advice: string | undefined): readonly string[] => (advice === undefined ? [] : [advice])

function quoted(statement: string): readonly string[] {
  if (statement === '') return []
  const lines = printable(maskScript(statement).text).split('\n')
  const shown = lines.slice(0, MAX_QUOTED_LINES).map((line) => `  | ${line}`)
  return lines.length > MAX_QUOTED_LINES ? [...shown, `  | (${lines.length - MAX_QUOTED_LINES} more lines)`] : shown
}
