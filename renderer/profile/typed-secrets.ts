import type { GivenSecret } from '../../contract/secret'
import type { ConnectionFields } from './connection-form'
import { sshSecretsOf } from './sections/ssh-fields'

/** The secrets that were typed into the connection dialog; what was left empty is not among them. */
export function typedSecrets(fields: ConnectionFields): GivenSecret[] {
  const own: GivenSecret[] = [
    { kind: 'password', secret: fields.password },
    { kind: 'client key', secret: fields.clientKeyPassphrase },
  ]
  return [...own.filter(({ secret }) => secret !== ''), ...sshSecretsOf(fields)]
}
