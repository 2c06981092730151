import type { ReactNode } from 'react'
import { Label, Radio, RadioGroup } from 'react-aria-components'
import { useStore } from 'zustand'
import { mayGoUnencrypted } from '../../../contract/local-host'
import type { Environment } from '../../../contract/profile'
import { Button } from '../../ui/button'
import { Select, TextField } from '../../ui/field'
import { Toggle } from '../../ui/toggle'
import { defaultName } from '../connection-form'
import { profileStore } from '../profile-store'
import { ENVIRONMENTS, foldersOf, protectionOf, TLS_MODES } from '../profile-words'
import { whereKept } from '../secret-words'
import { vaultStore } from '../vault-store'
import { FolderField } from './folder-field'
import { SYSTEM_ROOTS, usesRootCertificate } from './general-fields'
import { editField, type SectionProps, textProps } from './section-props'
import { TlsFileField } from './tls-file-field'
import { acceptanceOf } from './weak-tls'

const MEANINGS: Readonly<Record<Environment, string>> = {
  local: 'Its colour and its word are on every tab and in every question.',
  development: 'Its colour and its word are on every tab and in every question.',
  staging: 'Its colour and its word are on every tab and in every question.',
  production: 'New tabs commit manually. Its colour and its word are on every tab and in every question.',
}

/** Name, folder, environment, and where the connection leads. */
export function GeneralSection(props: SectionProps): ReactNode {
  const { draft } = props
  const { fields } = draft
  const list = useStore(profileStore, (state) => state.list)
  const isLocal = draft.kind === 'local'
  return (
    <div className="form">
      <TextField
        label="Name"
        className="name"
        placeholder={defaultName(fields)}
        autoFocus={props.isFocused && isLocal}
        {...textProps(props, 'name')}
      />
      <FolderField folders={list.type === 'loaded' ? foldersOf(list.profiles) : []} {...textProps(props, 'folder')} />
      {isLocal ? (
        <p className="note">
          The private PostgreSQL that Strata keeps on this computer. Where it listens, its role and its password are
          Strata's to know; what its sessions begin with is yours.
        </p>
      ) : (
        <Remote {...props} />
      )}
    </div>
  )
}

function Remote(props: SectionProps): ReactNode {
  const { draft } = props
  const { fields } = draft
  const keeper = useStore(profileStore, (state) => state.keeper)
  const vault = useStore(vaultStore, (state) => state.vault)
  const hasCertificate = usesRootCertificate(fields.tlsMode)
  return (
    <>
      <RadioGroup
        className="field-pair"
        orientation="horizontal"
        value={fields.environment}
        onChange={(value) => {
          const chosen = ENVIRONMENTS.find((each) => each === value)
          if (chosen !== undefined) editField({ field: 'environment', value: chosen })
        }}
      >
        <Label>Environment</Label>
        <div className="seg w">
          {ENVIRONMENTS.map((environment) => (
            <Radio key={environment} value={environment} data-env={environment}>
              <i className="dot" />
              {environment}
            </Radio>
          ))}
        </div>
      </RadioGroup>
      <p className="note">{MEANINGS[fields.environment]}</p>
      <TextField label="Host" isMono className="host" autoFocus={props.isFocused} {...textProps(props, 'host')} />
      <TextField label="Port" isMono labelClassName="end" {...textProps(props, 'port')} />
      <TextField label="Database" isMono className="database" {...textProps(props, 'database')} />
      <TextField label="Role" isMono labelClassName="end" {...textProps(props, 'role')} />
      <TextField
        label="Password"
        type="password"
        isMono
        className="w"
        placeholder={passwordPlaceholder(draft)}
        {...textProps(props, 'password')}
      />
      <p className="note">{whereKept(keeper, vault)}</p>
      <Select
        label="TLS mode"
        className="w"
        value={fields.tlsMode}
        choices={TLS_MODES}
        onChange={(value) => editField({ field: 'tlsMode', value })}
      />
      <TlsFileField
        section={props}
        file="rootCertificate"
        isDisabled={!hasCertificate}
        placeholder={hasCertificate ? '~/.postgresql/root.crt' : `not used with TLS mode ${fields.tlsMode}`}
        before={
          fields.tlsMode === 'verify-full' && fields.rootCertificate !== SYSTEM_ROOTS ? (
            <Button
              variant="bare"
              size="small"
              className="inside"
              aria-label="Use the roots this computer trusts"
              onPress={() => editField({ field: 'rootCertificate', value: SYSTEM_ROOTS })}
            >
              System
            </Button>
          ) : null
        }
      />
      <p className="note">{protectionOf(fields)}</p>
      <Acceptance {...props} />
    </>
  )
}

/** Stands where a password was given that may go over a network unencrypted. */
function Acceptance({ draft, problems }: SectionProps): ReactNode {
  const { fields, found } = draft
  const hasPassword = fields.password !== '' || found?.secrets.includes('password') === true
  if (!hasPassword || !mayGoUnencrypted(fields)) return null
  const problem = problems.acceptsUnencrypted
  return (
    <>
      <Toggle
        label="Unencrypted"
        text={acceptanceOf(fields)}
        isOn={fields.acceptsUnencrypted}
        isInvalid={problem !== undefined}
        onChange={(value) => editField({ field: 'acceptsUnencrypted', value })}
      />
      {problem === undefined ? null : (
        <p className="note bad" role="alert">
          Nothing was sent: {problem}.
        </p>
      )}
    </>
  )
}

function passwordPlaceholder(draft: SectionProps['draft']): string {
  if (draft.found?.secrets.includes('password') === true) return '•••••••• from the import, unless typed'
  return draft.profileId === null ? '' : 'unchanged unless typed'
}
