import type { ServerFacts } from '../../contract/server'

/** The facts of an ordinary PostgreSQL. */
export const aServer: ServerFacts = {
  kind: 'postgresql',
  product: 'PostgreSQL 18.4',
  isStandby: false,
  isReadOnly: false,
  isPooled: false,
}
