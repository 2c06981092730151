import type { Environment, Profile, Target, TlsMode } from '../../../contract/profile'

/** What the section "General" holds, as typed. */
export interface GeneralFields {
  readonly name: string
  readonly folder: string
  readonly environment: Environment
  readonly host: string
  readonly port: string
  readonly database: string
  readonly role: string
  readonly password: string
  readonly tlsMode: TlsMode
  /** The person takes it that the password is used where the way may not be encrypted; asked again for every password that is typed. */
  readonly acceptsUnencrypted: boolean
  /** `system` is the word for the roots this computer trusts, as in libpq. */
  readonly rootCertificate: string
}

/** A server on this computer. */
export const NO_GENERAL: GeneralFields = {
  name: '',
  folder: '',
  environment: 'local',
  host: 'localhost',
  port: '5432',
  database: '',
  role: '',
  password: '',
  tlsMode: 'prefer',
  acceptsUnencrypted: false,
  rootCertificate: '',
}

/** The fields of a saved profile; a password is never among them. */
export function generalFieldsOf({
  name,
  folder,
  environment,
  target,
}: Pick<Profile, 'name' | 'folder' | 'environment' | 'target'>): GeneralFields {
  const { host, database, role, tlsMode, rootCertificate } = target
  return {
    name,
    folder,
    environment,
    host,
    port: String(target.port),
    database,
    role,
    password: '',
    tlsMode,
    acceptsUnencrypted: false,
    rootCertificate: rootCertificate ?? '',
  }
}

/** What the fields say of the target. */
export function generalTargetOf(
  fields: GeneralFields,
): Pick<Target, 'host' | 'port' | 'database' | 'role' | 'tlsMode' | 'rootCertificate'> {
  const { database, role, tlsMode } = fields
  const file = fields.rootCertificate.trim()
  return {
    host: fields.host.trim(),
    port: /^\d+$/.test(fields.port.trim()) ? Number(fields.port) : 0,
    database,
    role,
    tlsMode,
    rootCertificate: file === '' || !usesRootCertificate(tlsMode) ? null : file,
  }
}

/** The word for the roots this computer trusts, as in libpq. */
export const SYSTEM_ROOTS = 'system'

/** True for modes in which a CA file has a meaning. */
export function usesRootCertificate(mode: TlsMode): boolean {
  return mode !== 'disable' && mode !== 'allow' && mode !== 'prefer'
}
