import { parseServiceFile } from '../service-file'
import { FoundConnection } from './found-connection'
import { plainText } from './plain-text'

/** A connection for each service of a service file. */
export function readServiceFile(text: string): FoundConnection[] {
  return parseServiceFile(text).map(({ name, line, values, error }) => {
    const found = new FoundConnection(`service ${plainText(name, 60)}`, line)
    found.name = name
    found.hints.push(name)
    for (const each of values) found.take(each.key, each.value, each.line)
    if (error !== null) found.problem(`libpq refuses this service: ${error.message}`, error.line)
    return found
  })
}
