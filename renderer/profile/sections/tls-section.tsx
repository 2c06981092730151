import type { ReactNode } from 'react'
import { Select, TextField } from '../../ui/field'
import { editField, type SectionProps, textProps } from './section-props'

/** The details of TLS, each in libpq's words. */
export function TlsSection(props: SectionProps): ReactNode {
  const { fields } = props.draft
  return (
    <div className="form">
      <TextField
        label="Client certificate"
        isMono
        className="w"
        placeholder="~/.postgresql/postgresql.crt"
        {...textProps(props, 'clientCertificate')}
      />
      <TextField
        label="Client key"
        isMono
        className="w"
        placeholder="~/.postgresql/postgresql.key"
        {...textProps(props, 'clientKey')}
      />
      <TextField
        label="Revocation list"
        isMono
        className="w"
        placeholder="~/.postgresql/root.crl"
        {...textProps(props, 'revocationList')}
      />
      <Select
        label="Channel binding"
        className="w"
        value={fields.channelBinding}
        choices={[
          { value: 'disable', label: 'disable' },
          { value: 'prefer', label: 'prefer' },
          { value: 'require', label: 'require' },
        ]}
        onChange={(value) => editField({ field: 'channelBinding', value })}
      />
    </div>
  )
}
