import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { FieldError } from 'react-aria-components'
import type { SshHop } from '../../../contract/profile'
import { Button } from '../../ui/button'
import { type Choice, Select, TextField } from '../../ui/field'
import type { Problems } from '../connection-problems'
import { chooseSshKey, editHop } from '../tunnel-actions'
import type { TunnelReading } from '../tunnel-store'
import type { HopFields } from './ssh-fields'
import { hopWords } from './ssh-words'

const WAYS: readonly Choice<SshHop['authentication']>[] = [
  { value: 'agent', label: 'agent', remark: 'keys of the SSH agent' },
  { value: 'key', label: 'key', remark: 'a private key file' },
  { value: 'password', label: 'password' },
]

/** The fields of one SSH server, with what the SSH configuration makes of them. */
export function SshHopFields(props: {
  readonly hop: HopFields
  readonly index: number
  readonly count: number
  /** Secrets of a saved profile stay where they are unless typed. */
  readonly isSaved: boolean
  readonly problems: Problems
  readonly reading: TunnelReading
  readonly onMove: (by: -1 | 1) => void
  readonly onRemove: () => void
}): ReactNode {
  const { hop, index, count, problems, reading } = props
  const id = useId()
  const name = `SSH server ${index + 1}`
  const text = (field: 'host' | 'port' | 'user' | 'keyFile' | 'secret', after: ReactNode = null) => {
    const problem = problems[`tunnel.${index}.${field}`]
    return {
      value: hop[field],
      onChange: (value: string) => editHop(index, { [field]: value }),
      isInvalid: problem !== undefined,
      after: (
        <>
          {problem === undefined ? null : <FieldError className="problem">{problem}</FieldError>}
          {after}
        </>
      ),
    }
  }
  const words = hopWords(reading, index)
  const resolved = reading.type === 'read' ? reading.hops.find((each) => each.index === index) : undefined
  return (
    <div role="group" className="ssh-hop" aria-labelledby={id}>
      <div className="ssh-hop-head">
        <b id={id}>{name}</b>
        <span className={words.isBad ? 'small cut bad' : 'dim small cut'} title={words.text} role="status">
          <bdi>{words.text}</bdi>
        </span>
        <span className="grow" />
        {count > 1 ? (
          <>
            <Button
              variant="bare"
              size="small"
              isIcon
              aria-label={`Move ${name} up`}
              isDisabled={index === 0}
              onPress={() => props.onMove(-1)}
            >
              <ArrowUp className="i i12" />
            </Button>
            <Button
              variant="bare"
              size="small"
              isIcon
              aria-label={`Move ${name} down`}
              isDisabled={index === count - 1}
              onPress={() => props.onMove(1)}
            >
              <ArrowDown className="i i12" />
            </Button>
          </>
        ) : null}
        <Button variant="bare" size="small" isIcon aria-label={`Remove ${name}`} onPress={props.onRemove}>
          <X className="i i12" />
        </Button>
      </div>
      <TextField
        label="Host"
        isMono
        className="host"
        placeholder="name, address or alias of ~/.ssh/config"
        {...text('host')}
      />
      <TextField
        label="Port"
        isMono
        labelClassName="end"
        placeholder={resolved === undefined ? '22' : String(resolved.port)}
        {...text('port')}
      />
      <TextField label="User" isMono className="w" placeholder={resolved?.user ?? ''} {...text('user')} />
      <Select
        label="Authentication"
        className="w"
        value={hop.authentication}
        choices={WAYS}
        onChange={(authentication) => editHop(index, { authentication })}
      />
      {hop.authentication === 'key' ? (
        <TextField
          label="Key file"
          isMono
          className="w"
          placeholder={resolved === undefined ? '~/.ssh/id_ed25519' : resolved.keyFiles.join(', ')}
          {...text(
            'keyFile',
            <Button variant="bare" size="small" className="inside" onPress={() => void chooseSshKey(index)}>
              Choose…
            </Button>,
          )}
        />
      ) : null}
      {hop.authentication === 'agent' ? null : (
        <TextField
          label={hop.authentication === 'key' ? 'Passphrase' : 'Password'}
          type="password"
          isMono
          className="w"
          placeholder={
            props.isSaved ? 'unchanged unless typed' : hop.authentication === 'key' ? 'empty when the key has none' : ''
          }
          {...text('secret')}
        />
      )}
    </div>
  )
}
