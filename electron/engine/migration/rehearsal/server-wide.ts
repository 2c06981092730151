const OF_THE_SERVER = 'role|user(?!\\s+mapping)|group|database|tablespace|system|subscription'
const CHANGES = new RegExp(`^(?:create|alter|drop)\\s+(?:${OF_THE_SERVER})\\b`, 'i')
const CHANGES_INSIDE = new RegExp(`\\b(?:create|alter|drop)\\s+(?:${OF_THE_SERVER})\\b`, 'i')
const NOTES = /^(?:comment\s+on|security\s+label\b.*?\bon)\s+(?:role|database|tablespace|subscription)\b/is
const PRIVILEGES = /^(?:grant|revoke)\b/i
const ON_OBJECTS = /\bon\b(?!\s+(?:database|tablespace|parameter)\b)/i
const OWNED = /^(?:reassign|drop)\s+owned\b/i

/**
 * True for a statement that changes what all databases of a server share, as far as its words say: roles, databases, settings. What a
 * DO block only mentions counts, for nobody sees what it runs.
 */
export function isServerWide(text: string): boolean {
  const start = text.replace(/^(?:\s+|--[^\n]*\n?|\/\*[\s\S]*?\*\/)+/, '')
  if (/^do\b/i.test(start)) return CHANGES_INSIDE.test(start)
  if (PRIVILEGES.test(start)) return !ON_OBJECTS.test(withoutQuoted(start))
  return CHANGES.test(start) || NOTES.test(start) || OWNED.test(start)
}

function withoutQuoted(text: string): string {
  return text.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"]|"")*"/g, ' x ')
}
