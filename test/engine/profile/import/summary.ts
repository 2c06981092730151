import type { Finding, FindingToken } from '../../../../contract/import'
import type { Profile } from '../../../../contract/profile'
import { completeFinding } from '../../../../electron/engine/profile/import/complete-finding'
import { readConnections } from '../../../../electron/engine/profile/import/read-connections'

/** What a file says, as the window is told it. */
export function findingsOf(
  fileName: string,
  content: string | Uint8Array,
  profiles: readonly Profile[] = [],
): Finding[] {
  const token = 'finding' as FindingToken // branded here: nothing is kept under it
  return readConnections(fileName, content).connections.map((found) =>
    completeFinding(found, token, fileName, profiles),
  )
}

/** `role@host:port/database` of each finding with its TLS mode and what was kept out of sight; `?` for what is missing. */
export function summaryOf(findings: readonly Finding[]): string[] {
  return findings.map(({ target, secrets, problems }) => {
    const { role = '?', host = '?', port = '?', database = '?', tlsMode = '?', tunnel = [] } = target
    const way = tunnel.length === 0 ? '' : ` via ${tunnel.map((hop) => hop.host).join(', ')}`
    const hidden = secrets.length === 0 ? '' : ` + ${secrets.join(', ')}`
    const wrong = problems.length === 0 ? '' : ` (${problems.length} problem${problems.length > 1 ? 's' : ''})`
    return `${role}@${host}:${port}/${database} ${tlsMode}${way}${hidden}${wrong}`
  })
}

/** The passwords that a file holds. */
export function secretsOf(fileName: string, content: string): string[] {
  return readConnections(fileName, content).connections.flatMap((found) => [...found.secrets.values()])
}

/** The text with `@{` as `${`, which a string in a test cannot hold without looking like a template. */
export function withReferences(text: string): string {
  return text.replaceAll('@{', '$\u007B')
}
