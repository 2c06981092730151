import type { Target } from '../../../contract/profile'
import { TARGET_DEFAULTS } from '../../../contract/profile-defaults'
import { FailureError } from '../failure-error'
import { LOCAL_DATABASE, LOCAL_ROLE } from './initialise-cluster'
import type { ServerFiles } from './local-server-files'
import { serverFailure } from './server-failure'
import type { Postmaster } from './server-process'

/** Where the local server listens. */
export type LocalTarget = Target & { readonly tlsMode: 'disable' }

/** A real login, given by the caller; it rejects when there is no session. */
export type Probe = (target: LocalTarget, password: string) => Promise<void>

/** How a login went: `absent` when nothing listens there, `not yet` when the server asks to wait. */
export type LoginOutcome = LocalTarget | 'not yet' | 'absent'

/** A user may have dropped the database we made; these are there on every server. */
const DATABASES = [LOCAL_DATABASE, 'postgres', 'template1']

const ABSENT = new Set(['refused', 'not found', 'ECONNREFUSED', 'ENOENT'])
const NOT_YET = new Set(['timed out', 'lost', 'ETIMEDOUT', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03'])
const NO_DATABASE = new Set(['no database', '3D000'])

/** Logs in on a server that is ready: only that proves it is ours. Throws the failure that no waiting will cure. */
export async function logIn(
  postmaster: Postmaster,
  password: string,
  files: ServerFiles,
  probe: Probe,
): Promise<LoginOutcome> {
  for (const database of DATABASES) {
    const target: LocalTarget = {
      ...TARGET_DEFAULTS,
      host: postmaster.socketFolder || '127.0.0.1',
      port: postmaster.port,
      database,
      role: LOCAL_ROLE,
      tlsMode: 'disable',
    }
    try {
      await probe(target, password)
      return target
    } catch (error) {
      const signs = signsOf(error)
      if (signs.some((sign) => NO_DATABASE.has(sign))) continue
      if (signs.some((sign) => NOT_YET.has(sign))) return 'not yet'
      if (signs.some((sign) => ABSENT.has(sign))) return 'absent'
      throw declined(error, files)
    }
  }
  throw serverFailure(
    `The local database has none of the databases ${DATABASES.join(', ')} any more.\nFolder: ${files.folder}`,
    'Connect to one of its other databases with psql and create the database strata.',
  )
}

function declined(error: unknown, files: ServerFiles): FailureError {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
  const isPassword = signsOf(error).some((sign) => sign === 'authentication' || sign === '28P01')
  return serverFailure(
    `The local database declined the login of its role ${LOCAL_ROLE}: ${text}.\nFolder: ${files.folder}`,
    isPassword
      ? `If the password of the role was changed, write the new one into ${files.password}, then start it again.`
      : 'Nothing was changed. Start it again once the server accepts logins.',
    error,
  )
}

/** Words of our own failures, or the codes of the driver and the system. */
function signsOf(error: unknown): string[] {
  if (error instanceof FailureError && error.failure.kind === 'connection') {
    const { reason, code } = error.failure
    // The server's own code says more than the reason we made of it.
    return code === undefined ? [reason] : [code, reason]
  }
  const code = (error as { readonly code?: unknown }).code
  return typeof code === 'string' ? [code] : []
}
