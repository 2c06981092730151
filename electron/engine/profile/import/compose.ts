import { publishedPort } from './compose-ports'
import { composeValue } from './compose-value'
import type { Variable } from './dot-env'
import { connectionsOfVariables } from './environment-variables'
import { FoundConnection } from './found-connection'
import { plainText } from './plain-text'
import { SafeYaml } from './safe-yaml'

const POSTGRES_IMAGE =
  /(^|[/_-])(postgres|postgresql|postgis|timescaledb|timescaledb-ha|pgvector|citus|alloydbomni|spilo)([/_:@-]|$)/i
const OTHER_IMAGE =
  /pgadmin|pgbouncer|postgrest|exporter|backup|pgbackrest|pgpool|postgraphile|postgres-?ui|adminer|metabase/i
/** The image's own variables, and those of the Bitnami image. Source: the images' documentation. */
const IMAGE_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['POSTGRES_USER', 'user'],
  ['POSTGRES_PASSWORD', 'password'],
  ['POSTGRES_DB', 'dbname'],
  ['POSTGRESQL_USERNAME', 'user'],
  ['POSTGRESQL_PASSWORD', 'password'],
  ['POSTGRESQL_DATABASE', 'dbname'],
])

/** The connections of a Compose file: each PostgreSQL service by the port it publishes, and URLs in other services that lead elsewhere. */
export function readCompose(text: string): FoundConnection[] {
  const yaml = SafeYaml.parse(text)
  const services = yaml.pairs(yaml.get(yaml.root, 'services'))
  const names = new Set(services.map(({ key }) => key))
  const found: FoundConnection[] = []
  for (const { key, value, line } of services) {
    const variables = environmentOf(yaml, yaml.get(value, 'environment'))
    if (isPostgres(yaml, value, variables)) found.push(serverOf(yaml, key, value, line, variables))
    else {
      const place = (parts: readonly string[]) => `service ${plainText(key, 60)}, ${parts.join(', ')}`
      const others = connectionsOfVariables(
        variables.flatMap(({ value: text, ...rest }) => (text === null ? [] : [{ ...rest, value: text }])),
        place,
      )
      // Between services a service's name is a host; from outside it is not.
      found.push(...others.filter(({ target }) => target.host !== undefined && !names.has(target.host)))
    }
  }
  return found
}

interface Setting extends Omit<Variable, 'value'> {
  /** Null for a variable that is passed through from the environment of whoever starts the service. */
  readonly value: string | null
}

function isPostgres(yaml: SafeYaml, service: unknown, variables: readonly Setting[]): boolean {
  const image = yaml.text(yaml.get(service, 'image')) ?? ''
  if (image !== '') return POSTGRES_IMAGE.test(image.split('@')[0] ?? '') && !OTHER_IMAGE.test(image)
  return variables.some(({ name }) => name === 'POSTGRES_PASSWORD' || name === 'POSTGRES_HOST_AUTH_METHOD')
}

function serverOf(
  yaml: SafeYaml,
  name: string,
  service: unknown,
  line: number,
  variables: readonly Setting[],
): FoundConnection {
  const found = new FoundConnection(`service ${plainText(name, 60)}`, line)
  found.name = name
  found.hints.push(name, yaml.text(yaml.get(service, 'container_name')) ?? '')
  for (const variable of variables) takeVariable(found, variable)
  // The image's own defaults.
  if (found.target.role === undefined && !found.refused.has('user')) found.take('user', 'postgres', null)
  if (found.target.database === undefined && !found.refused.has('dbname'))
    found.take('dbname', found.target.role ?? '', null)
  takePort(yaml, found, service)
  for (const { key, line: at } of yaml.pairs(service)) {
    if (key === 'env_file')
      found.note('env_file names another file, which is not read: what it sets is missing here.', at)
    else if (key === '<<' || key === 'extends')
      found.note(`${key} takes over parts from elsewhere, which are not followed.`, at)
  }
  return found
}

function takeVariable(found: FoundConnection, { name, value, line }: Setting): void {
  const key = IMAGE_VARIABLES.get(name)
  if (key === undefined) {
    if (/^POSTGRES(QL)?_.*_FILE$/.test(name)) found.ignore(name, 'It names another file, which is not read.')
    else if (/^POSTGRES(QL)?_/.test(name)) found.ignore(name, 'It sets up the server; nothing for a connection.')
    return
  }
  if (value === null) {
    found.refuse(
      key,
      `${name} comes from the environment of whoever starts the service, which Strata does not read.`,
      line,
    )
    return
  }
  const resolved = composeValue(value)
  if (resolved.type === 'refused') found.refuse(key, `${name}: ${resolved.message}`, line)
  else {
    found.take(key, resolved.value, line)
    if (resolved.note !== null) found.note(resolved.note, line)
  }
}

function takePort(yaml: SafeYaml, found: FoundConnection, service: unknown): void {
  const ports = yaml.get(service, 'ports')
  if (yaml.text(yaml.get(service, 'network_mode')) === 'host') {
    found.take('host', 'localhost', null)
    return
  }
  const published = yaml.items(ports).map((item) => ({ line: yaml.lineOf(item), ...publishedPort(yaml, item) }))
  const usable = published.find(({ port }) => port !== null)
  if (usable !== undefined && usable.port !== null) {
    found.take('host', usable.host ?? 'localhost', usable.line)
    found.take('port', usable.port, usable.line)
    if (usable.note !== null) found.note(usable.note, usable.line)
    return
  }
  const problem = published.find(({ message }) => message !== null)
  const line = problem?.line ?? yaml.lineOf(ports)
  found.refused.add('port')
  found.refuse(
    'host',
    problem?.message ?? 'The service publishes no port: it can be reached from other containers alone.',
    line,
  )
}

function environmentOf(yaml: SafeYaml, node: unknown): Setting[] {
  const settings: Setting[] = []
  for (const { key, value, line } of yaml.pairs(node)) {
    if (key !== '<<') settings.push({ name: key, value: yaml.text(value), line, isLiteral: false })
  }
  for (const item of yaml.items(node)) {
    const text = yaml.text(item) ?? ''
    const equals = text.indexOf('=')
    const line = yaml.lineOf(item) ?? 1
    const name = equals < 0 ? text : text.slice(0, equals)
    settings.push({ name, value: equals < 0 ? null : text.slice(equals + 1), line, isLiteral: false })
  }
  return settings
}
