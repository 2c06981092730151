import type { Finding, FindingToken, ImportReading } from '../../../../contract/import'

/** A finding that is whole, changed as a test needs it. */
export function aFinding(change: Partial<Finding> = {}): Finding {
  return {
    token: 'f1' as FindingToken, // branded here: no engine has minted it
    place: 'DB_HOST, DB_USER',
    line: 1,
    name: 'shop on h',
    folder: '',
    environment: 'development',
    target: { host: 'h', port: 5432, database: 'shop', role: 'app', tlsMode: 'verify-full' },
    assumed: [],
    missing: [],
    settings: {},
    secrets: ['password'],
    problems: [],
    notes: [],
    ignored: [],
    savedAs: null,
    ...change,
  }
}

/** What a file says. */
export function aReading(findings: readonly Finding[]): ImportReading {
  return { format: 'environment file', fileName: '.env', findings: [...findings], problems: [] }
}
