import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { Button } from '../../ui/button'
import { Toggle } from '../../ui/toggle'
import { tunnelStore } from '../tunnel-store'
import { editField, type SectionProps } from './section-props'
import { type HopFields, NEW_HOP } from './ssh-fields'
import { SshHopFields } from './ssh-hop-fields'

/** More servers than this have no place for their secrets. */
const MOST_HOPS = 4

/** The SSH servers on the way to the database. */
export function SshSection({ draft, problems }: SectionProps): ReactNode {
  const { usesTunnel, tunnel } = draft.fields
  const reading = useStore(tunnelStore, (state) => state.reading)
  const edit = (value: readonly HopFields[]) => editField({ field: 'tunnel', value })
  const turn = (isOn: boolean) => {
    editField({ field: 'usesTunnel', value: isOn })
    if (isOn && tunnel.length === 0) edit([NEW_HOP])
  }
  const move = (index: number, by: number) => {
    const order = [...tunnel]
    const [hop] = order.splice(index, 1)
    if (hop !== undefined) order.splice(index + by, 0, hop)
    edit(order)
  }
  return (
    <div className="form ssh-form">
      <Toggle
        label="SSH tunnel"
        text="Connect through SSH. No port of this computer is opened for it."
        isOn={usesTunnel}
        onChange={turn}
      />
      {usesTunnel
        ? tunnel.map((hop, index) => (
            <SshHopFields
              key={`server ${index + 1}`}
              hop={hop}
              index={index}
              count={tunnel.length}
              isSaved={draft.profileId !== null}
              problems={problems}
              reading={reading}
              onMove={(by) => move(index, by)}
              onRemove={() => edit(tunnel.filter((_, at) => at !== index))}
            />
          ))
        : null}
      {usesTunnel ? (
        <div className="ssh-end">
          <Button size="small" isDisabled={tunnel.length >= MOST_HOPS} onPress={() => edit([...tunnel, NEW_HOP])}>
            <Plus className="i i12" aria-hidden />
            {tunnel.length === 0 ? 'Add SSH server' : 'Add jump host'}
          </Button>
          <span className="dim small">
            {tunnel.length > 1
              ? 'In this order: the first is reached from here, each next one from the one before it.'
              : 'Host and port in General are those of the database, as the SSH server sees them.'}
          </span>
        </div>
      ) : null}
    </div>
  )
}
