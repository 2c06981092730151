import { PencilOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { DialogTrigger, Popover, Dialog as PopoverDialog } from 'react-aria-components'
import { Button } from '../../ui/button'
import './guard.css'
import { READ_ONLY_ADVICE, READ_ONLY_GAPS, READ_ONLY_MEANING } from './guard-words'

/** Says that the connection is read-only; pressed it says what that cannot stop. */
export function ReadOnlyBadge(): ReactNode {
  return (
    <DialogTrigger>
      <Button variant="bare" className="read-only" aria-label="Read-only" tip="What read-only means here">
        <PencilOff className="i" aria-hidden />
        <span className="when-wide">Read-only</span>
      </Button>
      <Popover className="menu read-only-means" placement="bottom start" offset={4}>
        <PopoverDialog aria-label="Read-only">
          <p>{READ_ONLY_MEANING}</p>
          <p className="dim">What it cannot stop:</p>
          <ul>
            {READ_ONLY_GAPS.map((gap) => (
              <li key={gap}>{gap}</li>
            ))}
          </ul>
          <p>{READ_ONLY_ADVICE}</p>
        </PopoverDialog>
      </Popover>
    </DialogTrigger>
  )
}
