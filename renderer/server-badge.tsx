import { Server } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog, DialogTrigger, Popover } from 'react-aria-components'
import type { ServerFacts } from '../contract/server'
import { type ServerTrait, serverTraits } from './server-words'
import { Button } from './ui/button'
import './server-badge.css'

/** What a server is besides an ordinary PostgreSQL: a badge whose press says what follows from it; nothing for an ordinary one. */
export function ServerBadge({ server }: { readonly server: ServerFacts }): ReactNode {
  const traits = serverTraits(server)
  if (traits.length === 0) return null
  const words = traits.map(({ name }) => name).join(', ')
  return (
    <DialogTrigger>
      <Button variant="bare" className="server-badge" aria-label={`Server: ${words}`}>
        <span className="badge is-changed">
          <Server className="i i12" aria-hidden />
          {words}
        </span>
      </Button>
      <Popover className="server-facts" placement="bottom start" offset={6}>
        <Dialog aria-label="What this server can do" className="selectable">
          {traits.some(({ name }) => name === server.product) ? null : <p className="t2 small">{server.product}</p>}
          {traits.map((trait) => (
            <Trait key={trait.name} trait={trait} />
          ))}
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

function Trait({ trait }: { readonly trait: ServerTrait }): ReactNode {
  return (
    <section>
      <h2>{trait.name}</h2>
      <ul>
        {trait.consequences.map((consequence) => (
          <li key={consequence}>{consequence}</li>
        ))}
      </ul>
    </section>
  )
}
