import { z } from 'zod'
import { connectionFailure } from './failure'
import { fieldText, opaqueId } from './text'

/** Identifies a saved profile. */
export const profileId = opaqueId.brand<'ProfileId'>()
/** Identifies a saved profile. */
export type ProfileId = z.output<typeof profileId>

/** Where a profile leads to; gives its colour in the window. */
export const environment = z.enum(['local', 'development', 'staging', 'production'])
/** Where a profile leads to. */
export type Environment = z.output<typeof environment>

/** TLS modes in libpq's words (PostgreSQL documentation, "SSL Mode Descriptions"). */
export const tlsMode = z.enum(['disable', 'prefer', 'require', 'verify-ca', 'verify-full'])
/** TLS modes in libpq's words. */
export type TlsMode = z.output<typeof tlsMode>

/** What a connection needs apart from the password. A host that begins with `/` is a folder with a Unix socket. */
export const target = z.strictObject({
  host: fieldText(1024).min(1),
  port: z.number().int().min(1).max(65535),
  database: fieldText(63).min(1),
  role: fieldText(63).min(1),
  tlsMode,
  /** PEM file with the root certificates to trust; null trusts the system's roots. */
  rootCertificate: fieldText(4096).nullable(),
})
/** What a connection needs apart from the password. */
export type Target = z.output<typeof target>

/** A saved profile as the form edits it; without an id it is new. */
export const profileDraft = z.strictObject({
  id: profileId.nullable(),
  name: fieldText(100).min(1),
  environment,
  target,
})
/** A saved profile as the form edits it. */
export type ProfileDraft = z.output<typeof profileDraft>

/** A saved profile. `local` is the private server Strata keeps: its target is found when it starts. */
export const profile = z.strictObject({
  id: profileId,
  kind: z.enum(['remote', 'local']),
  name: fieldText(100).min(1),
  environment,
  target,
  /** Folder with the project's migrations; null when none was chosen. */
  migrationFolder: fieldText(4096).nullable(),
  /** ISO 8601, null when never opened. */
  lastOpenedAt: z.string().nullable(),
})
/** A saved profile. */
export type Profile = z.output<typeof profile>

/** A password on its way in; never part of an output. */
export const password = z.string().max(4096)

/** One step of making a connection, in the order it is tried. */
export const connectionStep = z.strictObject({
  name: z.enum(['resolve', 'reach', 'tls', 'login']),
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
