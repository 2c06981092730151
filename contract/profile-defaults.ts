import type { AuthenticationMethod } from './authentication'
import type { Environment, SessionSettings, Target } from './profile'

/** What a target says besides where it leads to, when nobody said otherwise: each as libpq has it, but for the methods of authentication. */
export const TARGET_DEFAULTS: Omit<Target, 'host' | 'port' | 'database' | 'role' | 'tlsMode'> = {
  rootCertificate: null,
  clientCertificate: null,
  clientKey: null,
  revocationList: null,
  tlsNegotiation: 'postgres',
  channelBinding: 'prefer',
  authenticationMethods: ['scram-sha-256'],
  tunnel: [],
}

/** The settings of a new profile. */
export const SETTINGS_DEFAULTS: SessionSettings = {
  isReadOnly: false,
  commitMode: null,
  statementTimeoutMs: null,
  lockTimeoutMs: null,
  keepaliveSeconds: 4,
  searchPath: null,
  roleToSet: null,
  startupSql: '',
}

/** How new tabs commit where the profile does not say. */
export function defaultCommitMode(environment: Environment): 'auto' | 'manual' {
  return environment === 'production' ? 'manual' : 'auto'
}

/**
 * What a server may ask for where nobody chose: SCRAM alone, which proves the server too. Over a Unix socket the system itself says who
 * is at the other end, and servers often ask for nothing there (`peer`).
 */
export function methodsFor(host: string): AuthenticationMethod[] {
  return host.startsWith('/') ? ['scram-sha-256', 'none'] : ['scram-sha-256']
}
