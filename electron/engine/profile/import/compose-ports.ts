import { composeValue } from './compose-value'
import type { SafeYaml } from './safe-yaml'

/** Where a service's port can be reached from this computer; a null port with a message when it cannot be told. */
export interface PublishedPort {
  readonly host: string | null
  readonly port: string | null
  readonly note: string | null
  readonly message: string | null
}

const NOT_OURS: PublishedPort = { host: null, port: null, note: null, message: null }
const POSTGRES_PORT = '5432'

/** What one entry of `ports` says about PostgreSQL's port, in the short form (`127.0.0.1:5433:5432`) or the long one. */
export function publishedPort(yaml: SafeYaml, item: unknown): PublishedPort {
  const short = yaml.text(item)
  if (short !== null) return shortForm(short)
  const text = (key: string) => yaml.text(yaml.get(item, key))
  if (text('target') !== POSTGRES_PORT || text('protocol') === 'udp') return NOT_OURS
  const published = text('published')
  if (published === null) return refused('The port is published under a number that changes with each start.')
  return resolved(published, text('host_ip'))
}

function shortForm(text: string): PublishedPort {
  const value = composeValue(text)
  if (value.type === 'refused') return refused(value.message)
  const [, address, published, container] =
    /^(?:(\[[0-9a-f:.]+\]|\d+(?:\.\d+){3}|[0-9a-f:]*::[0-9a-f:]*):)?(?:(\d*(?:-\d+)?):)?(\d+(?:-\d+)?)(?:\/tcp)?$/i.exec(
      value.value,
    ) ?? []
  if (container === undefined) return NOT_OURS
  if (container !== POSTGRES_PORT) {
    const isRange = container.includes('-')
    return isRange ? refused('A range of ports is published: which one is PostgreSQL cannot be told.') : NOT_OURS
  }
  if (published === undefined || published === '') {
    return refused('The port is published under a number that changes with each start.')
  }
  if (published.includes('-')) return refused('The port is published under one of a range of numbers.')
  return { ...resolved(published, address ?? null), note: value.note }
}

function resolved(published: string, address: string | null): PublishedPort {
  const value = composeValue(published)
  if (value.type === 'refused') return refused(value.message)
  const bare = address?.replace(/^\[|\]$/g, '') ?? ''
  const isAnywhere = bare === '' || bare === '0.0.0.0' || bare === '::'
  return { host: isAnywhere ? 'localhost' : bare, port: value.value, note: value.note, message: null }
}

function refused(message: string): PublishedPort {
  return { ...NOT_OURS, message }
}
