/** A name as an SQL identifier: always quoted, quotes doubled; throws on NUL, which PostgreSQL cannot hold. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new Error('an identifier cannot hold NUL')
  return `"${name.replaceAll('"', '""')}"`
}
