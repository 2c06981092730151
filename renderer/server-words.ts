import type { ServerFacts, ServerKind } from '../contract/server'

/** Something that a server is, and what follows for whoever works with it. */
export interface ServerTrait {
  readonly name: string
  readonly consequences: readonly string[]
}

const LOOK_ALIKES: Readonly<Partial<Record<ServerKind, readonly string[]>>> = {
  citus: [
    'Connecting, querying, cancelling, the explorer and migrations work as on PostgreSQL.',
    'Citus spreads tables over other servers: rehearsals and lock listings show this one alone.',
  ],
  yugabytedb: [
    'Connecting, querying and cancelling work.',
    'The explorer shows what the server’s catalogs hold. Changes by others show after a refresh.',
    'Migrations need advisory locks, which older versions lack: they then fail before anything is run.',
  ],
  cockroachdb: [
    'Connecting, querying and cancelling work.',
    'The explorer shows what the server’s catalogs hold. Changes by others show after a refresh.',
    'Migrations are not applied: the server has no advisory locks as PostgreSQL has them.',
  ],
  redshift: [
    'Connecting, querying and cancelling work.',
    'The explorer shows what the server’s catalogs hold. Changes by others show after a refresh.',
    'Migrations are not applied: the server has no advisory locks.',
  ],
  other: [
    'It speaks PostgreSQL’s protocol: connecting and querying work as far as it keeps to it.',
    'The explorer shows what the server’s catalogs hold.',
    'Migrations are not applied.',
  ],
}

/** What a server is besides an ordinary PostgreSQL that takes writes; empty for one that is just that. */
export function serverTraits(server: ServerFacts): readonly ServerTrait[] {
  const traits: ServerTrait[] = []
  const lookAlike = LOOK_ALIKES[server.kind]
  if (lookAlike !== undefined) {
    traits.push({ name: server.kind === 'citus' ? 'Citus' : server.product, consequences: lookAlike })
  }
  if (server.isStandby) {
    traits.push({
      name: 'Standby, read-only',
      consequences: [
        'The server follows another one: it answers queries and takes no writes.',
        'Migrations cannot be applied, rolled back or rehearsed here. Connect to the primary.',
        'A long query may be cancelled when it is in the way of what the primary sends (40001).',
        'When the server is promoted, this badge goes away by itself.',
      ],
    })
  } else if (server.isReadOnly) {
    traits.push({
      name: 'Read-only',
      consequences: [
        'default_transaction_read_only is on: a transaction writes only when it says so itself (SET TRANSACTION READ WRITE).',
        'Migrations cannot be applied, rolled back or rehearsed here.',
      ],
    })
  }
  if (server.isPooled) {
    traits.push({
      name: 'Pooled',
      consequences: [
        'A connection pooler stands before the server: between two transactions the session may be given to others.',
        'Settings of the connection are not sent, and what SET, LISTEN and temporary tables leave may reach others, or be gone.',
        'A statement’s time limit holds inside transactions only.',
        'Cancel goes through the pooler. Who blocks a statement cannot be shown.',
        'Migrations run one transaction each; those outside transactions are refused.',
      ],
    })
  }
  return traits
}
