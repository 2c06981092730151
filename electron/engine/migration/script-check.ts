import type { Statement } from '../../../contract/script-scanner'

const CONTROL = new Set(['begin', 'commit', 'end', 'rollback', 'abort'])
const OWN_TRANSACTION = 'Every migration runs in a transaction of its own, together with its row in the history.'
/** What to do with a statement that allows no transaction. */
export const OUTSIDE_ADVICE = 'Put it alone into a migration whose first line is "-- transaction: off".'

/** Why a statement cannot be part of a migration; null when it can. Known before anything runs. */
export function refusalOf(statement: Statement, text: string, isTransactional: boolean): string | null {
  if (statement.kind === 'psql') {
    return `${text.split(/\s/)[0]} is a command of psql, not SQL. Remove the line, or write the SQL it stands for.`
  }
  const { words } = statement
  if (endsTransaction(words)) {
    const name = words
      .slice(0, words[0] === 'start' || words[0] === 'prepare' ? 2 : 1)
      .join(' ')
      .toUpperCase()
    return isTransactional
      ? `${name} is not allowed here. ${OWN_TRANSACTION} Remove it.`
      : `${name} is not allowed in a file with "-- transaction: off". Move what belongs into one transaction to a migration of its own.`
  }
  const outside = isTransactional ? outsideTransaction(words, text) : null
  return outside === null ? null : `${outside} cannot run inside a transaction. ${OUTSIDE_ADVICE}`
}

/** True for COPY … FROM STDIN, which is nothing without the data lines behind it. */
export function wantsData(words: readonly string[], text: string): boolean {
  return words[0] === 'copy' && /\bfrom\s+stdin\b/i.test(bare(text))
}

/** True for statements that build, rebuild or drop an index without blocking writers. */
export function isConcurrentIndex(words: readonly string[], text: string): boolean {
  const [first, second, third, fourth] = words
  if (first === 'create') return (second === 'index' ? third : second === 'unique' ? fourth : '') === 'concurrently'
  return first === 'reindex' && /\bconcurrently\b/i.test(bare(text))
}

/** True for statements that may take rows or values away; what a function does inside cannot be seen. */
export function isDestroying(words: readonly string[], text: string): boolean {
  const [first = '', second = ''] = words
  if (first === 'drop' && DROPS.has(second)) return true
  if (first === 'truncate' || first === 'delete') return true
  if (first === 'with') return /\bdelete\s+from\b/i.test(bare(text))
  if (first !== 'alter' || !(second === 'table' || second === 'foreign' || second === 'type')) return false
  const drop = /\bdrop\s+(?!\s|(?:constraint|not|default|identity|expression)\b)/i
  const changesType = /\balter\s+(?:column\s+)?\S+\s+(?:set\s+data\s+)?type\b/i
  return drop.test(bare(text, '"q"')) || (second !== 'type' && changesType.test(bare(text, '"q"')))
}

const DROPS = new Set([
  'table',
  'schema',
  'materialized',
  'sequence',
  'type',
  'domain',
  'foreign',
  'owned',
  'extension',
])

function endsTransaction(words: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = words
  if (first === 'start') return second === 'transaction'
  if (first === 'prepare') return second === 'transaction'
  if (!CONTROL.has(first)) return false
  // ROLLBACK TO a savepoint stays inside.
  const isToSavepoint = second === 'to' || ((second === 'work' || second === 'transaction') && third === 'to')
  return !(first === 'rollback' && isToSavepoint)
}

/** The command's name when the server refuses it inside a transaction block. Source: PreventInTransactionBlock in PostgreSQL. */
export function outsideTransaction(words: readonly string[], text: string): string | null {
  const [first = '', second = '', third = ''] = words
  const pair = `${first} ${second}`
  if (first === 'vacuum') return 'VACUUM'
  if (/^cluster(\s+verbose)?$/i.test(text)) return 'CLUSTER of every table'
  if (/^(create|drop) (database|tablespace)$|^alter system$|^discard all$/.test(pair)) return pair.toUpperCase()
  if (first === 'create' && isConcurrentIndex(words, text)) return 'CREATE INDEX CONCURRENTLY'
  if (pair === 'drop index' && third === 'concurrently') return 'DROP INDEX CONCURRENTLY'
  if (first === 'reindex') {
    if (isConcurrentIndex(words, text)) return 'REINDEX CONCURRENTLY'
    if (/^reindex\s*(\([^)]*\))?\s*(database|system|schema)\b/i.test(bare(text)))
      return 'REINDEX of a whole schema or database'
  }
  if (pair === 'alter table' && /\bdetach\s+partition\b.*\bconcurrently\b/is.test(bare(text))) {
    return 'DETACH PARTITION CONCURRENTLY'
  }
  if (pair === 'alter database' && /\bset\s+tablespace\b/i.test(bare(text))) return 'ALTER DATABASE … SET TABLESPACE'
  return null
}

/** The statement without comments, strings and quoted names: what is left are its words. */
function bare(text: string, instead = ' '): string {
  return text.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, instead).trim()
}
