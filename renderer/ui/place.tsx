import { createContext, type ReactNode } from 'react'
import type { Environment } from '../../contract/profile'

/** Where a deed would happen, as people tell places apart. */
export interface Place {
  readonly environment: Environment
  /** The name of the connection. */
  readonly name: string
  /** `role@host/database`. */
  readonly where: string
}

/** The place of the open connection, for every question that is asked while it is open; null when none is. */
export const PlaceContext = createContext<Place | null>(null)

/** Environment, connection and database on one line: the colour is never alone, its word stands in it. */
export function WhereLine({ place }: { readonly place: Place }): ReactNode {
  const { environment, name, where } = place
  return (
    <p className="where-line">
      <span className="chip" data-env={environment}>
        {environment}
      </span>
      <b className="cut" title={name}>
        {name}
      </b>
      <span className="mono t2 cut" title={where}>
        <bdi>{where}</bdi>
      </span>
    </p>
  )
}
