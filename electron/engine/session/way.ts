import type { Duplex } from 'node:stream'
import type { ConnectionStep, Target } from '../../../contract/profile'
import type { SecretKind } from '../../../contract/secret'
import type { FailureError } from '../failure-error'

/** Told about every step of making a connection as it ends. */
export type StepListener = (step: ConnectionStep) => void

/** One of a profile's secrets; null when it is not known. Asked at every connection, and never kept by who asks. */
export type FindSecret = (kind: SecretKind) => Promise<string | null>

/** A connected stream of bytes to the server's port, with nothing sent yet: a socket, or a channel through a tunnel. */
export interface Reached {
  readonly stream: Duplex
  /** True over a Unix socket or the loopback interface: nobody on a network can listen. */
  readonly isLocal: boolean
}

/** What a dial may use besides the target. */
export interface DialOptions {
  readonly onStep: StepListener
  readonly findSecret: FindSecret
  /** Milliseconds of silence after which the system asks whether the other side is there. */
  readonly keepaliveMs: number
}

/** Connects to where a target leads, straight or through its tunnel; throws a `FailureError` that says which step failed. */
export type Dial = (target: Target, options: DialOptions) => Promise<Reached>

/** A target and all that is needed to reach it: every connection of a session, the one of a cancel request included, goes the same way. */
export interface Way {
  readonly target: Target
  /** Straight to the host when left out; then a target with a tunnel is refused. */
  readonly dial?: Dial
  /** Knows nothing when left out. */
  readonly findSecret?: FindSecret
  /** `keepalive` of the profile's settings; 4 when left out. */
  readonly keepaliveSeconds?: number
}

/** Whether one connection is encrypted: it must not be, it must be, or it is if the server can. */
export type Encryption = 'none' | 'tls' | 'tls if offered'

/** Tells that a step failed, and answers with its failure, to be thrown. */
export function failedStep(
  onStep: StepListener,
  name: ConnectionStep['name'],
  startedAt: number,
  error: FailureError,
): FailureError {
  onStep({ name, state: 'failed', detail: error.message, elapsedMs: performance.now() - startedAt })
  return error
}
