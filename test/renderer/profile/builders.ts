import type { ConnectionFailure } from '../../../contract/failure'
import { type Profile, profile } from '../../../contract/profile'
import { SETTINGS_DEFAULTS, TARGET_DEFAULTS } from '../../../contract/profile-defaults'
import { type SessionFacts, sessionFacts } from '../../../contract/session'
import { aServer } from '../../support/server-builder'

/** A saved profile of a remote server. */
export function aProfile(parts: Partial<Profile> = {}): Profile {
  return profile.parse({
    id: 'p1',
    kind: 'remote',
    name: 'orders',
    environment: 'staging',
    folder: '',
    target: {
      ...TARGET_DEFAULTS,
      host: 'db.example.net',
      port: 5432,
      database: 'orders',
      role: 'app',
      tlsMode: 'verify-full',
    },
    settings: SETTINGS_DEFAULTS,
    migrationFolder: null,
    lastOpenedAt: null,
    ...parts,
  })
}

/** Facts of a session that was opened for a profile. */
export function someFacts(of: Profile): SessionFacts {
  return sessionFacts.parse({
    sessionId: 's1',
    profileId: of.id,
    backendPid: 4711,
    serverVersion: '18.4',
    database: of.target.database,
    role: of.target.role,
    serverEncoding: 'UTF8',
    timeZone: 'UTC',
    tls: 'verified host',
    tlsFacts: null,
    authentication: 'scram-sha-256',
    isChannelBound: true,
    isSuperuser: false,
    server: aServer,
    unsentSettings: [],
  })
}

/** A connection that the server refused to let in. */
export function aFailure(parts: Partial<ConnectionFailure> = {}): ConnectionFailure {
  return { kind: 'connection', reason: 'authentication', message: 'no', ...parts }
}
