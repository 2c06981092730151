import { z } from 'zod'
import { authenticationMethod } from './authentication'
import { connectionFailure } from './failure'
import { fieldText, opaqueId, scriptText } from './text'

/** Identifies a saved profile. */
export const profileId = opaqueId.brand<'ProfileId'>()
/** Identifies a saved profile. */
export type ProfileId = z.output<typeof profileId>

/** Where a profile leads to; gives its colour in the window. */
export const environment = z.enum(['local', 'development', 'staging', 'production'])
/** Where a profile leads to. */
export type Environment = z.output<typeof environment>

/** TLS modes in libpq's words (PostgreSQL documentation, "SSL Mode Descriptions"). */
export const tlsMode = z.enum(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'])
/** TLS modes in libpq's words. */
export type TlsMode = z.output<typeof tlsMode>

/** Whether the login is bound to the TLS channel it runs over, in libpq's words (`channel_binding`). */
export const channelBinding = z.enum(['disable', 'prefer', 'require'])

/** One SSH server on the way to the database; its own defaults come from the user's SSH configuration. */
export const sshHop = z.strictObject({
  /** A host name, an address, or an alias of `~/.ssh/config`. */
  host: fieldText(1024).min(1),
  /** Null takes the one of the SSH configuration, else 22. */
  port: z.number().int().min(1).max(65535).nullable(),
  /** Null takes the one of the SSH configuration, else the name of this computer's user. */
  user: fieldText(256).min(1).nullable(),
  authentication: z.enum(['agent', 'key', 'password']),
  /** Private key for `key`; null takes those of the SSH configuration, else the usual files in `~/.ssh`. */
  keyFile: fieldText(4096).min(1).nullable(),
})
/** One SSH server on the way to the database. */
export type SshHop = z.output<typeof sshHop>

/** What a connection needs apart from secrets. A host that begins with `/` is a folder with a Unix socket. */
export const target = z.strictObject({
  host: fieldText(1024).min(1),
  port: z.number().int().min(1).max(65535),
  database: fieldText(63).min(1),
  role: fieldText(63).min(1),
  tlsMode,
  /** `sslrootcert`: a PEM file, `system` for the roots this computer trusts, null for libpq's own place (`~/.postgresql/root.crt`). */
  rootCertificate: fieldText(4096).min(1).nullable(),
  /** `sslcert`: a PEM file; null for libpq's own place (`~/.postgresql/postgresql.crt`), where there is one. */
  clientCertificate: fieldText(4096).min(1).nullable(),
  /** `sslkey`: a PEM file; null for libpq's own place (`~/.postgresql/postgresql.key`). */
  clientKey: fieldText(4096).min(1).nullable(),
  /** `sslcrl`: a PEM file of revoked certificates; null for libpq's own place (`~/.postgresql/root.crl`), where there is one. */
  revocationList: fieldText(4096).min(1).nullable(),
  /** `sslnegotiation`: ask first, or begin with TLS (PostgreSQL 17 and newer). */
  tlsNegotiation: z.enum(['postgres', 'direct']),
  channelBinding,
  /** `require_auth`: what the server may ask for; anything else ends the connection before a password is sent. */
  authenticationMethods: z.array(authenticationMethod).min(1).max(4),
  /** SSH servers to go through, the one nearest to this computer first; empty for none. */
  tunnel: z.array(sshHop).max(4),
})
/** What a connection needs apart from secrets. */
export type Target = z.output<typeof target>

/** What a secret is sealed to: all of a target but the database, because every database of a server knows the same roles. */
export const sealedTarget = target.omit({ database: true })
/** What a secret is sealed to. */
export type SealedTarget = z.output<typeof sealedTarget>

/** What every session of a profile begins with. */
export const sessionSettings = z.strictObject({
  /** Each statement is kept from writing by the server. */
  isReadOnly: z.boolean(),
  /** How new tabs commit; null is manual on production and auto elsewhere. */
  commitMode: z.enum(['auto', 'manual']).nullable(),
  /** `statement_timeout` in milliseconds, where a tab does not set its own; null leaves it to the server. */
  statementTimeoutMs: z.number().int().min(1).max(86_400_000).nullable(),
  /** `lock_timeout` in milliseconds; null leaves it to the server. */
  lockTimeoutMs: z.number().int().min(1).max(86_400_000).nullable(),
  /** Seconds of silence after which the connection is probed. */
  keepaliveSeconds: z.number().int().min(1).max(3600),
  /** `search_path` as SQL writes it; null leaves it to the server. */
  searchPath: fieldText(1000).min(1).nullable(),
  /** The role to SET after connecting; null for none. */
  roleToSet: fieldText(63).min(1).nullable(),
  /** SQL that runs in every new tab's session; empty for none. */
  startupSql: scriptText.max(100_000),
})
/** What every session of a profile begins with. */
export type SessionSettings = z.output<typeof sessionSettings>

/** A saved profile as the form edits it; without an id it is new. */
export const profileDraft = z.strictObject({
  id: profileId.nullable(),
  name: fieldText(100).min(1),
  /** The folder it is listed in; empty for none. */
  folder: fieldText(100),
  environment,
  target,
  settings: sessionSettings,
})
/** A saved profile as the form edits it. */
export type ProfileDraft = z.output<typeof profileDraft>

/** A saved profile. `local` is the private server Strata keeps: its target is found when it starts. */
export const profile = z.strictObject({
  id: profileId,
  kind: z.enum(['remote', 'local']),
  name: fieldText(100).min(1),
  /** The folder it is listed in; empty for none. */
  folder: fieldText(100),
  environment,
  target,
  settings: sessionSettings,
  /** Folder with the project's migrations; null when none was chosen. */
  migrationFolder: fieldText(4096).nullable(),
  /** ISO 8601, null when never opened. */
  lastOpenedAt: z.string().nullable(),
})
/** A saved profile. */
export type Profile = z.output<typeof profile>

/** One step of making a connection, in the order it is tried. */
export const connectionStep = z.strictObject({
  name: z.enum(['tunnel', 'resolve', 'reach', 'tls', 'login']),
  state: z.enum(['done', 'failed', 'not tried', 'not used']),
  /** Address, version or cause, in words; empty when there is nothing to say. */
  detail: z.string(),
  elapsedMs: z.number().min(0),
})
/** One step of making a connection. */
export type ConnectionStep = z.output<typeof connectionStep>

/** What a test connection found; `failure` is null when it reached a session, which is closed again. */
export const connectionReport = z.strictObject({
  steps: z.array(connectionStep),
  failure: connectionFailure.nullable(),
  serverVersion: z.string().nullable(),
})
/** What a test connection found. */
export type ConnectionReport = z.output<typeof connectionReport>
