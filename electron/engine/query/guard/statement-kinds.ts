/** Statements that change nothing that stays, or whose parts are looked at one by one. */
export const HARMLESS: ReadonlySet<string> = new Set([
  'VariableSetStmt', // SET, RESET: for the session
  'VariableShowStmt',
  'FetchStmt',
  'ClosePortalStmt',
  'DeallocateStmt',
  'ListenStmt',
  'UnlistenStmt',
  'NotifyStmt',
  'LockStmt',
  'DiscardStmt',
  'CheckPointStmt',
  'ConstraintsSetStmt',
])

const RIGHTS = new Set(
  `GrantStmt GrantRoleStmt CreateRoleStmt AlterRoleStmt DropRoleStmt ReassignOwnedStmt DropOwnedStmt AlterDefaultPrivilegesStmt
  AlterOwnerStmt CreatePolicyStmt AlterPolicyStmt CreateUserMappingStmt AlterUserMappingStmt DropUserMappingStmt SecLabelStmt`.split(
    /\s+/,
  ),
)

const SETTINGS = new Set(['AlterSystemStmt', 'AlterDatabaseSetStmt', 'AlterRoleSetStmt'])

const REWRITES = new Set(['ClusterStmt', 'ReindexStmt', 'VacuumStmt', 'RefreshMatViewStmt'])

const REMOVES = new Set(['DropStmt', 'DropdbStmt', 'DropTableSpaceStmt', 'DropSubscriptionStmt'])

/** Why a statement of a kind that is none of the harmless ones asks. */
export function reasonFor(kind: string): string {
  if (RIGHTS.has(kind)) return 'It changes roles or what they may do.'
  if (SETTINGS.has(kind)) return 'It changes settings that stay, also for others.'
  if (REWRITES.has(kind)) return 'It rewrites what is stored, and others wait meanwhile.'
  if (REMOVES.has(kind)) return 'It removes what others may use.'
  if (kind === 'CommentStmt') return 'It changes the schema: the comment on an object.'
  if (kind === 'LoadStmt') return 'It loads a library into the server process.'
  return 'It changes the schema.'
}

const KEYWORDS = new Set(
  `or replace unique unlogged global local temporary temp materialized recursive foreign event text search access method user mapping data
  wrapper default privileges table index view sequence schema database role group function procedure routine trigger type domain
  extension rule policy publication subscription server aggregate operator class family collation conversion cast language statistics
  tablespace transform system owned owner by label on column constraint security matview concurrently full prepared transaction
  large object all privileges member`.split(/\s+/),
)

/** What a statement is called: the words of its command, as `CREATE UNIQUE INDEX`. */
export function commandWords(words: readonly string[]): string {
  const [first = '', ...rest] = words
  const end = rest.findIndex((word) => !KEYWORDS.has(word))
  const kept = end < 0 ? rest : rest.slice(0, end)
  while (kept.at(-1) === 'on' || kept.at(-1) === 'by') kept.pop()
  return [first, ...kept].join(' ').toUpperCase()
}
