import type { ReactNode } from 'react'
import { Checkbox, CheckboxGroup, Label } from 'react-aria-components'
import { type AuthenticationMethod, authenticationMethod } from '../../../contract/authentication'
import type { Target } from '../../../contract/profile'
import { type Choice, Select, TextField } from '../../ui/field'
import { editField, type SectionProps, textProps } from './section-props'
import { TlsFileField } from './tls-file-field'

const NEGOTIATIONS: readonly Choice<Target['tlsNegotiation']>[] = [
  { value: 'postgres', label: 'postgres', remark: 'asks first: every version' },
  { value: 'direct', label: 'direct', remark: 'begins with TLS: PostgreSQL 17 and newer' },
]

const BINDINGS: readonly Choice<Target['channelBinding']>[] = [
  { value: 'disable', label: 'disable', remark: 'the login could be passed on' },
  { value: 'prefer', label: 'prefer', remark: 'bound to TLS if the server can' },
  { value: 'require', label: 'require', remark: 'refuses a login that is not bound to TLS' },
]

const METHODS: Readonly<Record<AuthenticationMethod, string>> = {
  'scram-sha-256': 'the password proves both sides and is never sent',
  md5: 'who answers can try passwords quickly',
  password: 'sent as it is, over verified TLS or on this computer',
  none: 'no question asked: trust, peer or client certificate',
}

/** The details of TLS and of the login, each in libpq's words. */
export function TlsSection(props: SectionProps): ReactNode {
  const { fields } = props.draft
  return (
    <div className="form tls-form">
      <TlsFileField section={props} file="clientCertificate" placeholder="~/.postgresql/postgresql.crt" />
      <TlsFileField section={props} file="clientKey" placeholder="~/.postgresql/postgresql.key" />
      <TextField
        label="Key passphrase"
        type="password"
        isMono
        className="w"
        placeholder={props.draft.profileId === null ? 'of an encrypted key' : 'unchanged unless typed'}
        {...textProps(props, 'clientKeyPassphrase')}
      />
      <TlsFileField section={props} file="revocationList" placeholder="~/.postgresql/root.crl" />
      <Select
        label="Negotiation"
        className="w"
        value={fields.tlsNegotiation}
        choices={NEGOTIATIONS}
        onChange={(value) => editField({ field: 'tlsNegotiation', value })}
      />
      <Select
        label="Channel binding"
        className="w"
        value={fields.channelBinding}
        choices={BINDINGS}
        onChange={(value) => editField({ field: 'channelBinding', value })}
      />
      <Methods {...props} />
    </div>
  )
}

function Methods({ draft, problems }: SectionProps): ReactNode {
  const problem = problems.authenticationMethods
  return (
    <CheckboxGroup
      className="field-pair methods"
      value={[...draft.fields.authenticationMethods]}
      isInvalid={problem !== undefined}
      onChange={(chosen) =>
        editField({
          field: 'authenticationMethods',
          value: authenticationMethod.options.filter((method) => chosen.includes(method)),
        })
      }
    >
      <Label className="top">Server may ask</Label>
      <div className="w">
        {authenticationMethod.options.map((method) => (
          <Checkbox key={method} value={method} className="check">
            <span className="check-box" aria-hidden />
            <span className="mono">{method}</span>
            <span className="dim">{METHODS[method]}</span>
          </Checkbox>
        ))}
        {problem === undefined ? null : <span className="problem">{problem}</span>}
      </div>
    </CheckboxGroup>
  )
}
