import type { Blocker, MigrationEvent } from '../../contract/migration'
import { printable, type Terminal } from './terminal'

/** Tells what happens in a run, a line at a time. */
export function tellProgress(event: MigrationEvent, { tell, toldIn }: Terminal): void {
  switch (event.type) {
    case 'lockAwaited': {
      const seconds = Math.round(event.waitedMs / 1000)
      const by = event.holder === null ? '' : ` It is held by ${inWords(event.holder)}.`
      tell(toldIn('quiet', `Waiting for the migration lock${seconds === 0 ? '' : `, ${seconds} s`}.${by}`))
      return
    }
    case 'statementBlocked':
      if (event.by.length === 0) return
      tell(
        toldIn(
          'notable',
          `${event.name}: statement ${event.statement} waits for ${event.by.map((each) => inWords(each)).join(', ')}.`,
        ),
      )
      return
    case 'lockTimedOut': {
      const { name, statement, lockTimeout, attempt, tries, pauseMs } = event
      const next = `Try ${attempt} of ${tries} begins in ${Math.round(pauseMs / 1000)} s.`
      tell(toldIn('notable', `${name}: statement ${statement} got no lock within ${lockTimeout}. ${next}`))
      return
    }
    case 'doneElsewhere':
      for (const { name, by } of event.steps) {
        tell(
          `${toldIn('good', 'done')}  ${name}  ${toldIn('quiet', printable(`meanwhile, by ${by ?? 'somebody else'}`))}`,
        )
      }
      return
    case 'stepCommitted':
      tell(`${toldIn('good', 'done')}  ${event.name}  ${toldIn('quiet', `${Math.round(event.elapsedMs)} ms`)}`)
      return
    case 'stepFailed':
      tell(`${toldIn('bad', event.failure.cause.kind === 'cancelled' ? 'stopped' : 'failed')}  ${event.name}`)
      return
    default:
  }
}

function inWords({ applicationName, backendPid, role, clientAddress, state }: Blocker): string {
  const from = clientAddress === '' ? '' : `, from ${clientAddress}`
  return printable(`${applicationName || 'a session'} (backend ${backendPid}, role ${role}${from}, ${state})`)
}
