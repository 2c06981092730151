import type { Target } from '../../../contract/profile'
import { TARGET_DEFAULTS } from '../../../contract/profile-defaults'

/** What the section "TLS" holds, as typed. */
export interface TlsFields {
  readonly clientCertificate: string
  readonly clientKey: string
  /** The passphrase of the client key; never saved with the profile. */
  readonly clientKeyPassphrase: string
  readonly revocationList: string
  readonly tlsNegotiation: Target['tlsNegotiation']
  readonly channelBinding: Target['channelBinding']
  readonly authenticationMethods: Target['authenticationMethods']
}

/** libpq's defaults. */
export const NO_TLS: TlsFields = tlsFieldsOf(TARGET_DEFAULTS)

/** The fields of a saved profile; a passphrase is never among them. */
export function tlsFieldsOf(target: Pick<Target, Exclude<keyof TlsFields, 'clientKeyPassphrase'>>): TlsFields {
  const { clientCertificate, clientKey, revocationList, tlsNegotiation, channelBinding, authenticationMethods } = target
  return {
    clientCertificate: clientCertificate ?? '',
    clientKey: clientKey ?? '',
    clientKeyPassphrase: '',
    revocationList: revocationList ?? '',
    tlsNegotiation,
    channelBinding,
    authenticationMethods,
  }
}

/** What the fields say of the target. */
export function tlsTargetOf(fields: TlsFields): Pick<Target, Exclude<keyof TlsFields, 'clientKeyPassphrase'>> {
  const { tlsNegotiation, channelBinding, authenticationMethods } = fields
  const fileOf = (text: string) => (text.trim() === '' ? null : text.trim())
  return {
    clientCertificate: fileOf(fields.clientCertificate),
    clientKey: fileOf(fields.clientKey),
    revocationList: fileOf(fields.revocationList),
    tlsNegotiation,
    channelBinding,
    authenticationMethods,
  }
}

/** What differs from the defaults, in a few words. */
export function tlsSummary(fields: TlsFields): string {
  const { authenticationMethods, channelBinding, tlsNegotiation } = fields
  const words = [
    ...(fields.clientCertificate === '' ? [] : ['client certificate']),
    ...(fields.revocationList === '' ? [] : ['revocation list']),
    ...(tlsNegotiation === 'direct' ? ['direct'] : []),
    ...(channelBinding === 'prefer' ? [] : [`channel binding ${channelBinding}`]),
    ...(authenticationMethods.join() === NO_TLS.authenticationMethods.join() ? [] : [authenticationMethods.join(', ')]),
  ]
  return words.length === 0 ? 'libpq’s defaults' : words.join(' · ')
}
