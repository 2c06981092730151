import type { ConnectionFailure } from '../../../contract/failure'
import {
  type ConnectionReport,
  type ConnectionStep,
  profileId,
  type SessionSettings,
  type Target,
} from '../../../contract/profile'
import { FailureError } from '../failure-error'
import { openSession } from '../session/connect'
import { addressOf } from '../session/connection-failure'
import type { Session } from '../session/session'
import { actAsRole, applyTabSettings } from '../session/session-settings'
import type { Dial, FindSecret } from '../session/way'

const DIRECT = ['resolve', 'reach', 'tls', 'login'] as const
const THROUGH_TUNNEL = ['tunnel', ...DIRECT] as const

/** Above the sum of what the steps of one address may take by themselves. */
const LIMIT_MS = 45_000

/**
 * What happens on the way to a session, step by step; the session is closed again before this resolves.
 * A connection that fails is a report, not an error. After `limitMs` the step under way counts as timed out.
 */
export async function testConnection(options: {
  readonly target: Target
  /** What tabs would begin with is tried too, but for the start-up SQL, which may do anything. */
  readonly settings?: SessionSettings
  /** Null when none is known. */
  readonly password: string | null
  readonly passwordFile?: string | null
  readonly findSecret?: FindSecret
  readonly dial?: Dial
  readonly limitMs?: number
}): Promise<ConnectionReport> {
  const { target, settings, password, passwordFile = null, findSecret, dial, limitMs = LIMIT_MS } = options
  const order = target.tunnel.length === 0 ? DIRECT : THROUGH_TUNNEL
  const steps = new Map<ConnectionStep['name'], ConnectionStep>()
  let noteTunnel = () => {}
  // A tunnel has limits of its own, and stands still while the person is asked about a host key.
  const isThroughTunnel = new Promise<void>((resolve) => {
    if (target.tunnel.length === 0) resolve()
    else noteTunnel = resolve
  })
  const startedAt = performance.now()
  const opening = openSession({
    profileId: profileId.parse('test'),
    target,
    password: password === '' ? null : password, // libpq: an empty password is none
    ...(findSecret !== undefined && { findSecret }),
    passwordFile,
    ...(settings !== undefined && { settings, keepaliveSeconds: settings.keepaliveSeconds }),
    applicationName: 'Strata connection test',
    onStep: (step) => {
      steps.set(step.name, step)
      if (step.name === 'tunnel') noteTunnel()
    },
    ...(dial === undefined ? {} : { dial }),
  })
  const outcome = await Promise.race([
    opening.then(
      (session) => ({ session }),
      (error: unknown) => ({ failure: connectionFailureOf(error) }),
    ),
    isThroughTunnel.then(() => limit(limitMs, opening)),
  ])
  if (outcome === 'over limit') {
    const spent = [...steps.values()].reduce((sum, step) => sum + step.elapsedMs, 0)
    const elapsedMs = Math.max(0, performance.now() - startedAt - spent)
    const name = order.find((each) => !steps.has(each)) ?? 'login'
    const seen = new Map(steps).set(name, { name, state: 'failed', detail: 'no answer in time', elapsedMs })
    return { steps: inOrder(order, seen), failure: timedOut(target, limitMs), serverVersion: null }
  }
  if ('failure' in outcome) return { steps: inOrder(order, steps), failure: outcome.failure, serverVersion: null }
  const { session } = outcome
  const { serverVersion } = session.facts
  try {
    await trySettings(session)
    return { steps: inOrder(order, steps), failure: null, serverVersion }
  } catch (error) {
    return { steps: inOrder(order, steps), failure: connectionFailureOf(error), serverVersion }
  } finally {
    await session.end()
  }
}

async function trySettings(session: Session): Promise<void> {
  await actAsRole(session)
  await session.learnServer()
  if (!session.server.facts.isPooled) await applyTabSettings(session)
}

function limit(limitMs: number, opening: ReturnType<typeof openSession>): Promise<'over limit'> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      // Whatever still comes of it is nobody's session.
      opening.then(
        (session) => session.end(),
        () => {},
      )
      resolve('over limit')
    }, limitMs)
    const stop = () => clearTimeout(timer)
    opening.then(stop, stop)
  })
}

function inOrder(
  order: readonly ConnectionStep['name'][],
  steps: ReadonlyMap<ConnectionStep['name'], ConnectionStep>,
): ConnectionStep[] {
  return order.map((name) => steps.get(name) ?? { name, state: 'not tried', detail: '', elapsedMs: 0 })
}

function connectionFailureOf(error: unknown): ConnectionFailure {
  if (error instanceof FailureError && error.failure.kind === 'connection') return error.failure
  throw error
}

function timedOut(target: Target, limitMs: number): ConnectionFailure {
  return {
    kind: 'connection',
    reason: 'timed out',
    message: `${addressOf(target)} did not answer within ${Math.round(limitMs / 100) / 10} s.`,
    advice: 'A firewall or a wrong address often looks like this. Check host, port and VPN.',
  }
}
