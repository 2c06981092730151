import type { TunnelReading } from '../tunnel-store'

/** What the SSH configuration makes of the server at a place of the form, in a line; empty while nothing is known. */
export function hopWords(reading: TunnelReading, index: number): { readonly text: string; readonly isBad: boolean } {
  if (reading.type === 'refused') return { text: index === 0 ? reading.message : '', isBad: true }
  const at = reading.type === 'read' ? reading.hops.findIndex((hop) => hop.index === index) : -1
  const hop = reading.type === 'read' ? reading.hops[at] : undefined
  if (reading.type !== 'read' || hop === undefined) return { text: '', isBad: false }
  const host = hop.host.includes(':') ? `[${hop.host}]` : hop.host
  const jumps = reading.hops.slice(0, at).filter((each) => each.index === null)
  const through = jumps.length === 0 ? '' : `, through ${jumps.map((each) => each.name).join(', ')}`
  const unread = hop.unread.length === 0 ? '' : `. Not read: ${hop.unread.join(', ')}`
  return { text: `${hop.user}@${host}:${hop.port}${through}${unread}`, isBad: hop.unread.length > 0 }
}

/** The SSH servers that a profile goes through, as the title bar says it; empty when it goes straight. */
export function throughWords({ tunnel }: { readonly tunnel: readonly { readonly host: string }[] }): string {
  return tunnel.length === 0 ? '' : `through ${tunnel.map(({ host }) => host).join(', ')}`
}
