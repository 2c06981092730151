import type { ConnectionFailure } from '../../contract/failure'
import type { ProfileId, Target } from '../../contract/profile'
import type { SecretKind } from '../../contract/secret'
import { FailureError } from './failure-error'
import { askPasswordFile, type PasswordFileAnswer } from './profile/password-file'
import type { FindSecret } from './session/way'

/** A secret that is kept for a profile's target. */
export interface KeptSecret {
  readonly secret: string
  /** Says what became of it: one that worked may be kept for good, one that was refused is not. */
  readonly tell: (outcome: 'worked' | 'refused') => void
}

/** Asks the shell for a secret kept for exactly this target; null when there is none. */
export type FindKeptSecret = (profileId: ProfileId, kind: SecretKind, target: Target) => Promise<KeptSecret | null>

/** What a login uses. */
export interface LoginSecrets {
  readonly password: string | null
  /** The password file that the password is from; null when it is not from there. */
  readonly passwordFile: string | null
  readonly findSecret: FindSecret
}

/** Does what needs secrets, then says of each that was asked for what became of it. */
export async function withSecrets<T>(
  find: (kind: SecretKind) => Promise<KeptSecret | null>,
  work: (findSecret: FindSecret) => Promise<T>,
): Promise<T> {
  const used = new Map<SecretKind, KeptSecret>()
  const findSecret = async (kind: SecretKind) => {
    const kept = await find(kind)
    if (kept !== null) used.set(kind, kept)
    return kept?.secret ?? null
  }
  try {
    const result = await work(findSecret)
    for (const { tell } of used.values()) tell('worked')
    return result
  } catch (error) {
    const wanted = connectionFailureOf(error)?.secret
    if (wanted?.state === 'wrong') used.get(wanted.kind)?.tell('refused')
    throw error
  }
}

/**
 * Logs in with the password that is kept, else with the one of libpq's password file. When it fails for the password, the failure says
 * where that came from, or why the password file was passed over.
 */
export async function withPassword<T>(
  target: Target,
  findSecret: FindSecret,
  file: string,
  work: (secrets: LoginSecrets) => Promise<T>,
  failureOf: (result: T) => ConnectionFailure | null = () => null,
): Promise<T> {
  const kept = await findSecret('password')
  const answer: PasswordFileAnswer = kept === null ? await askPasswordFile(target, file) : { type: 'none' }
  const secrets: LoginSecrets = {
    password: answer.type === 'found' ? answer.password : kept,
    passwordFile: answer.type === 'found' ? answer.file : null,
    findSecret,
  }
  try {
    const result = await work(secrets)
    const failure = failureOf(result)
    return failure === null ? result : { ...result, failure: noted(failure, answer) }
  } catch (error) {
    const failure = connectionFailureOf(error)
    if (failure === null) throw error
    throw new FailureError(noted(failure, answer), { cause: error })
  }
}

function noted(failure: ConnectionFailure, answer: PasswordFileAnswer): ConnectionFailure {
  const { secret } = failure
  if (secret?.kind !== 'password' || answer.type === 'none') return failure
  const note = answer.type === 'found' ? `The password came from ${answer.file}.` : answer.why
  const advice = failure.advice === undefined ? note : `${failure.advice} ${note}`
  return { ...failure, advice, secret: { ...secret, note } }
}

function connectionFailureOf(error: unknown): ConnectionFailure | null {
  return error instanceof FailureError && error.failure.kind === 'connection' ? error.failure : null
}
