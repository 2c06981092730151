import { MAX_SCRAM_ROUNDS } from './framing-limits'
import { HEADER_BYTES } from './message-format'
import { ProtocolViolation } from './protocol-violation'

const OK = 0
const CLEARTEXT = 3
const MD5 = 5
const SASL = 10
const SASL_CONTINUE = 11
const SASL_FINAL = 12

const ANSWERABLE: ReadonlySet<number> = new Set([OK, CLEARTEXT, MD5, SASL, SASL_CONTINUE, SASL_FINAL])

/** Bytes of the whole body, where they are the same for every server. */
const BODY_BYTES: ReadonlyMap<number, number> = new Map([
  [OK, 4],
  [CLEARTEXT, 4],
  [MD5, 8],
])

/** What an authentication request may follow; every other method is asked for first, or not at all. */
const AFTER: ReadonlyMap<number, readonly (number | null)[]> = new Map([
  [OK, [null, CLEARTEXT, MD5, SASL_FINAL]],
  [SASL_CONTINUE, [SASL]],
  [SASL_FINAL, [SASL_CONTINUE]],
])

/** The authentication requests of one login: each of its right form, in an order that leads to a login, and not twice. */
export class LoginOrder {
  private last: number | null = null

  /** True once the server has let the role in. */
  get isOver(): boolean {
    return this.last === OK
  }

  /** Notes the request from `start` to `end` and answers with its method; throws a `ProtocolViolation`. */
  note(bytes: Buffer, start: number, end: number): number {
    const body = start + HEADER_BYTES
    if (end - body < 4) refuse('an Authentication without a method')
    const method = bytes.readUInt32BE(body)
    if (this.isOver) refuse('an authentication request after the login')
    if (!(AFTER.get(method) ?? [null]).includes(this.last)) refuse(`authentication request ${method} out of its order`)
    const due = BODY_BYTES.get(method)
    if (due !== undefined && end - body !== due) refuse(`authentication request ${method} of a wrong length`)
    if (method === SASL) checkMechanisms(bytes.subarray(body + 4, end))
    if (method === SASL_CONTINUE) checkRounds(bytes.toString('latin1', body + 4, end))
    this.last = method
    return method
  }

  /** Throws unless the driver has an answer to the request: it would throw itself. */
  checkAnswerable(method: number): void {
    if (!ANSWERABLE.has(method)) refuse(`authentication request ${method}, which has no answer`)
  }
}

function checkMechanisms(list: Buffer): void {
  // Texts with a NUL each, and one more NUL; the driver would read on for ever without it.
  const isEnded = list.length >= 3 && list[0] !== 0 && list.indexOf('\0\0') === list.length - 2
  if (!isEnded) refuse('a list of SASL mechanisms without an end')
}

function checkRounds(challenge: string): void {
  const rounds = Number(/(?:^|,)i=(\d{1,20})/.exec(challenge)?.[1] ?? 0)
  if (rounds <= MAX_SCRAM_ROUNDS) return
  const most = MAX_SCRAM_ROUNDS.toLocaleString('en-US')
  throw new ProtocolViolation(
    `asks for ${rounds.toLocaleString('en-US')} rounds of SCRAM hashing; Strata computes at most ${most}, and the login was given up`,
    'authentication',
    'Set the password anew with a lower scram_iterations on the server.',
  )
}

function refuse(what: string): never {
  throw new ProtocolViolation(`sent ${what}; the session was closed`)
}
