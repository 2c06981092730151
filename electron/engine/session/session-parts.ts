import type { Client } from 'pg'
import type { ProfileId, SessionSettings } from '../../../contract/profile'
import type { SessionFacts, SessionId } from '../../../contract/session'
import type { Authentication } from './authentication'
import { keyOf } from './driver-client'
import type { KnownServer } from './known-server'
import type { Transport } from './transport'
import type { StepListener, Way } from './way'
import type { WireListener, WireTap } from './wire-tap'

/** What a session is opened with. */
export interface ConnectOptions extends Way {
  readonly profileId: ProfileId
  /** Null or empty when none is known: a server that asks for one is refused before anything is sent. */
  readonly password: string | null
  /** libpq's password file, where the password is from there. */
  readonly passwordFile?: string | null
  /** Shown to others in `pg_stat_activity.application_name`. */
  readonly applicationName: string
  /** What the profile wants of its sessions; the defaults when left out. */
  readonly settings?: SessionSettings
  readonly onStep?: StepListener
}

/** What a login leaves behind for its session. */
export interface SessionParts {
  readonly id: SessionId
  readonly options: ConnectOptions
  readonly transport: Transport
  readonly authentication: Authentication
  readonly client: Client
  readonly tap: WireTap
  readonly ports: WireListener
  /** What the server reported of itself, kept up to date. */
  readonly parameters: ReadonlyMap<string, string>
  /** libpq's password file, where the server asked for a password and was given the one of that. */
  readonly passwordFile: string | null
}

/** What the window is told of a session; time zone and encoding are those that the server reported last. */
export function factsOf(parts: SessionParts, server: KnownServer, unsentSettings: readonly string[]): SessionFacts {
  const { id, options, client, parameters, transport, authentication, passwordFile } = parts
  return {
    sessionId: id,
    profileId: options.profileId,
    backendPid: keyOf(client).processID,
    serverVersion: (parameters.get('server_version') ?? 'unknown').split(' ')[0] ?? 'unknown',
    database: options.target.database,
    role: parameters.get('session_authorization') ?? options.target.role,
    serverEncoding: parameters.get('server_encoding') ?? 'unknown',
    timeZone: parameters.get('TimeZone') ?? 'unknown',
    tls: transport.tls,
    tlsFacts: transport.tlsFacts,
    authentication: authentication.method,
    isChannelBound: authentication.isChannelBound,
    isSuperuser: parameters.get('is_superuser') === 'on',
    server: server.facts,
    unsentSettings: [...unsentSettings],
    ...(passwordFile !== null && { passwordFile }),
  }
}
