import { z } from 'zod'
import { authenticationMethod } from './authentication'
import { wantedSecret } from './secret'
import { count } from './text'

/** Why a connection could not be made, or ended. */
export const connectionReason = z.enum([
  'refused', // nothing listens on that host and port
  'not found', // the host name does not resolve, or the socket file does not exist
  'timed out', // no answer within the limit
  'tunnel', // an SSH server on the way could not be reached, was not trusted, or did not let us through
  'tls', // TLS was refused, or the certificate could not be verified
  'authentication', // the server did not accept role and password
  'no database', // the server has no database of that name (3D000)
  'rejected', // the server answered and declined for another reason: its message says which
  'lost', // an open session ended without our asking
  'protocol', // what the server sent is not PostgreSQL's protocol: its message says what it was
  'too large', // the server sent more at once than is taken in: its message says what it was
])
/** Why a connection could not be made, or ended. */
export type ConnectionReason = z.output<typeof connectionReason>

const optionalText = z.string().optional()

/** A server error with PostgreSQL's own fields; `code` is the SQLSTATE. Source: PostgreSQL documentation, "Error and Notice Message Fields". */
export const postgresFailure = z.strictObject({
  kind: z.literal('postgres'),
  severity: z.string(),
  code: z.string(),
  message: z.string(),
  detail: optionalText,
  hint: optionalText,
  /** Characters (code points) from 1 into the statement that was sent. */
  position: z.number().int().min(1).optional(),
  internalQuery: optionalText,
  where: optionalText,
  schema: optionalText,
  table: optionalText,
  column: optionalText,
  dataType: optionalText,
  constraint: optionalText,
})

/** No session, or no session any more. `message` says what happened, `advice` what to do next. */
export const connectionFailure = z.strictObject({
  kind: z.literal('connection'),
  reason: connectionReason,
  message: z.string(),
  advice: optionalText,
  /** SQLSTATE when the server itself said it. */
  code: optionalText,
  /** Set when a secret that was missing or wrong is the reason. */
  secret: wantedSecret.optional(),
  /** The method of authentication that the profile does not allow, where allowing it would help. */
  refusedMethod: authenticationMethod.optional(),
})

/** The statement ended because we asked the server to cancel it. */
export const cancelledFailure = z.strictObject({ kind: z.literal('cancelled'), message: z.string() })

/** Refused before anything was run: by a schema, or by a plan. */
export const refusedFailure = z.strictObject({
  kind: z.literal('refused'),
  issues: z.array(z.strictObject({ path: z.string(), message: z.string() })).min(1),
})

/** The connection died after the statement was sent: it may have been committed. */
export const unknownOutcomeFailure = z.strictObject({
  kind: z.literal('unknown-outcome'),
  statement: z.string(),
  message: z.string(),
})

/** Strata's own files could not be written: a full disk. `message` says what is kept, `advice` what to do next. */
export const storageFailure = z.strictObject({ kind: z.literal('storage'), message: z.string(), advice: z.string() })

/** A fault of ours; the stack is in the log under `reference`, never in the window. */
export const defectFailure = z.strictObject({
  kind: z.literal('defect'),
  message: z.string(),
  reference: z.string(),
})

/** The causes a migration step can fail with. */
export const migrationCause = z.discriminatedUnion('kind', [
  postgresFailure,
  connectionFailure,
  cancelledFailure,
  refusedFailure,
  unknownOutcomeFailure,
  storageFailure,
  defectFailure,
])

/** A migration step that failed, with the place in its file. */
export const migrationFailure = z.strictObject({
  kind: z.literal('migration'),
  migration: z.string(),
  direction: z.enum(['apply', 'roll back']),
  /** File name, without its folder. */
  file: z.string(),
  /** Statement number from 1 and how many the file holds; 0 when no statement had begun. */
  statement: count,
  statementCount: count,
  /** Text of the statement as it stands in the file. */
  statementText: z.string(),
  /** Line and column from 1 in the file: of the server's error position where it gave one, else of the statement. */
  line: z.number().int().min(1),
  column: z.number().int().min(1),
  /** What is left in the database, in words. */
  left: z.string(),
  cause: migrationCause,
})

/** Everything that can go wrong, as data. */
export const failure = z.discriminatedUnion('kind', [
  postgresFailure,
  connectionFailure,
  cancelledFailure,
  migrationFailure,
  refusedFailure,
  unknownOutcomeFailure,
  storageFailure,
  defectFailure,
])

/** A server error with PostgreSQL's own fields. */
export type PostgresFailure = z.output<typeof postgresFailure>
/** No session, or no session any more. */
export type ConnectionFailure = z.output<typeof connectionFailure>
/** A migration step that failed. */
export type MigrationFailure = z.output<typeof migrationFailure>
/** The causes a migration step can fail with. */
export type MigrationCause = z.output<typeof migrationCause>
/** Everything that can go wrong, as data. */
export type Failure = z.output<typeof failure>

/** What a request answers with: nothing is ever thrown across a border. */
export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure }

/** The first line to show for a failure: for server errors the server's own message, unchanged. */
export function failureMessage(value: Failure): string {
  switch (value.kind) {
    case 'postgres':
      return `${value.severity}: ${value.message}`
    case 'connection':
    case 'cancelled':
    case 'unknown-outcome':
    case 'storage':
    case 'defect':
      return value.message
    case 'refused':
      return value.issues.map((issue) => issue.message).join('; ')
    case 'migration':
      return failureMessage(value.cause)
  }
}
