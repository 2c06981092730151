import { z } from 'zod'
import { authenticationMethod } from './authentication'
import { connectionFailure } from './failure'
import { profileId } from './profile'
import { serverFacts } from './server'
import { opaqueId } from './text'

/** Identifies one open backend. */
export const sessionId = opaqueId.brand<'SessionId'>()
/** Identifies one open backend. */
export type SessionId = z.output<typeof sessionId>

/** The status byte of ReadyForQuery in words: I, T, E. */
export const transactionStatus = z.enum(['none', 'open', 'aborted'])
/** The transaction state as the server last reported it. */
export type TransactionStatus = z.output<typeof transactionStatus>

/** What was negotiated and verified on a connection, not what was asked for. */
const tlsVerdict = z.enum(['none', 'encrypted', 'verified chain', 'verified host'])
/** What was negotiated and verified on a connection. */
export type TlsVerdict = z.output<typeof tlsVerdict>

/** The encryption of a connection and the certificate at its other end, which is only as true as the verdict says. */
const tlsFacts = z.strictObject({
  /** E.g. TLSv1.3. */
  protocol: z.string(),
  /** The cipher suite's standard name. */
  cipher: z.string(),
  /** Distinguished names in one line. */
  subject: z.string(),
  issuer: z.string(),
  /** DNS names and addresses it is for, at most 100. */
  names: z.array(z.string()),
  /** ISO 8601. */
  validFrom: z.string(),
  validTo: z.string(),
  /** SHA-256 in hexadecimal with colons. */
  fingerprint: z.string(),
  /** What the chain was verified with: a path, `system`, or null when it was not. */
  roots: z.string().nullable(),
  hasRevocationList: z.boolean(),
  /** A client certificate was at hand for a server that asks for one. */
  hasClientCertificate: z.boolean(),
})
/** The encryption of a connection and the certificate at its other end. */
export type TlsFacts = z.output<typeof tlsFacts>

/** What is known of an open session. */
export const sessionFacts = z.strictObject({
  sessionId,
  profileId,
  /** The server process, as `pg_stat_activity.pid` shows it. */
  backendPid: z.number().int(),
  /** `server_version` as reported, e.g. 18.4. */
  serverVersion: z.string(),
  database: z.string(),
  role: z.string(),
  serverEncoding: z.string(),
  timeZone: z.string(),
  tls: tlsVerdict,
  /** Null where nothing is encrypted. */
  tlsFacts: tlsFacts.nullable(),
  /** How the server asked the role to prove itself; `none` when it did not. */
  authentication: authenticationMethod,
  /** The login was bound to the TLS channel: nobody in between could have passed it on. */
  isChannelBound: z.boolean(),
  isSuperuser: z.boolean(),
  /** What the server is; before it was asked, as far as it said so itself. */
  server: serverFacts,
  /** Which of the profile's settings a tab's session was not given, because a pooler would pass them on to other clients. */
  unsentSettings: z.array(z.string()),
  /** libpq's password file, when the password that was used came from there. */
  passwordFile: z.string().optional(),
})
/** What is known of an open session. */
export type SessionFacts = z.output<typeof sessionFacts>

/** What became of a transaction whose session was lost. */
export const lostTransaction = z.enum([
  'none', // none was open, and nothing ran
  'rolled back', // the server ended the session itself, and with it the transaction
  'held', // the server rolls it back once it notices that nobody is there: until then it keeps its locks
  'unknown', // what ran could commit, and its answer never came
])
/** What became of a transaction whose session was lost. */
export type LostTransaction = z.output<typeof lostTransaction>

/** A session that ended without our asking. */
export const sessionLoss = z.strictObject({
  sessionId,
  profileId,
  /** The server process it had. */
  backendPid: z.number().int().min(0).max(2_147_483_647),
  failure: connectionFailure,
  transaction: lostTransaction,
})
/** A session that ended without our asking. */
export type SessionLoss = z.output<typeof sessionLoss>

/** What the server says of a session that was lost, when it is asked later. */
export const lossFinding = z.strictObject({
  /** `unknown` when the server cannot tell: then `message` says what can be known. */
  transaction: z.enum(['committed', 'rolled back', 'in progress', 'unknown']),
  message: z.string(),
})
/** What the server says of a session that was lost. */
export type LossFinding = z.output<typeof lossFinding>
