import type { ReactNode } from 'react'
import { type Failure, failureMessage } from '../../contract/failure'

/** A failure where the eye is: the server's own words first, then detail, hint, place and SQLSTATE; `actions` stand beside them. */
export function FailureView(props: {
  readonly failure: Failure
  /** Where it happened, in words; shown as the position. */
  readonly place?: string
  readonly actions?: ReactNode
  readonly className?: string
}): ReactNode {
  const { failure, place, actions } = props
  return (
    <div className={`failure zone ${props.className ?? ''}`} role="alert">
      <div className="head">
        <p className="selectable">{failureMessage(failure)}</p>
        {actions}
      </div>
      <FailureFacts failure={failure} {...(place === undefined ? {} : { place })} />
    </div>
  )
}

/** Detail, hint, place and SQLSTATE of a failure as a list; nothing when there is none of them. */
export function FailureFacts(props: { readonly failure: Failure; readonly place?: string }): ReactNode {
  const facts = factsOf(props.failure, props.place)
  if (facts.length === 0) return null
  return (
    <dl className="selectable">
      {facts.map(([name, value]) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** A failure as plain text, for the clipboard. */
export function failureText(failure: Failure, place?: string): string {
  return [failureMessage(failure), ...factsOf(failure, place).map(([name, value]) => `${name}: ${value}`)].join('\n')
}

function factsOf(failure: Failure, place?: string): [string, string][] {
  const facts: [string, string | undefined][] = []
  switch (failure.kind) {
    case 'postgres':
      facts.push(
        ['Detail', failure.detail],
        ['Hint', failure.hint],
        ['Where', failure.where],
        ['Position', place],
        ['SQLSTATE', failure.code],
      )
      break
    case 'connection':
      facts.push(['Hint', failure.advice], ['SQLSTATE', failure.code])
      break
    case 'storage':
      facts.push(['Hint', failure.advice])
      break
    case 'migration':
      return [
        ['File', `${failure.file}, line ${failure.line}, column ${failure.column}`],
        ...(failure.statementCount > 0
          ? ([['Statement', `${failure.statement} of ${failure.statementCount}`]] as [string, string][])
          : []),
        ...factsOf(failure.cause),
        ['Left', failure.left],
      ]
    case 'unknown-outcome':
      facts.push(['Statement', failure.statement.slice(0, 200)])
      break
    case 'refused':
    case 'cancelled':
    case 'defect':
      break
  }
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== '')
}
