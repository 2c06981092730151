/** One line of a service, as it stands. */
export interface ServiceValue {
  readonly key: string
  readonly value: string
  readonly line: number
}

/** A service of libpq's connection service file. */
export interface Service {
  readonly name: string
  readonly line: number
  /** The first value of each key: libpq lets it win over later ones. */
  readonly values: readonly ServiceValue[]
  /** Why libpq refuses the service; null when it does not. */
  readonly error: { readonly line: number; readonly message: string } | null
}

const MAX_LINE_BYTES = 1023
const MAX_SERVICES = 1000
const MAX_VALUES = 200

/**
 * The services of a service file by libpq's rules: spaces at both ends of a line do not count, those around `=` do, the first service of
 * a name and the first value of a key win. Source: PostgreSQL, `parseServiceFileInfo` and "The Connection Service File".
 */
export function parseServiceFile(text: string): Service[] {
  const services: { name: string; line: number; values: ServiceValue[]; error: Service['error'] }[] = []
  let section: (typeof services)[number] | null = null
  text.split('\n').forEach((raw, index) => {
    const line = index + 1
    const words = raw.replace(/^[ \t\v\f\r]+|[ \t\v\f\r]+$/g, '')
    if (words === '' || words.startsWith('#')) return
    if (words.startsWith('[')) {
      const close = words.indexOf(']')
      const name = close < 0 ? '' : words.slice(1, close)
      const isNew = name !== '' && services.length < MAX_SERVICES && !services.some((each) => each.name === name)
      section = { name, line, values: [], error: null }
      if (isNew) services.push(section)
      return
    }
    if (section === null || section.error !== null) return
    const equals = words.indexOf('=')
    const key = words.slice(0, Math.max(equals, 0))
    if (Buffer.byteLength(raw) > MAX_LINE_BYTES)
      section.error = { line, message: 'The line is longer than libpq reads.' }
    else if (/^ldaps?:/.test(words)) section.error = { line, message: 'It asks an LDAP server, which Strata does not.' }
    else if (equals < 0) section.error = { line, message: 'The line has no "=".' }
    else if (key === 'service' || key === 'servicefile') {
      section.error = { line, message: 'It names another service, which libpq does not allow here.' }
    } else if (section.values.length < MAX_VALUES && !section.values.some((each) => each.key === key)) {
      section.values.push({ key, value: words.slice(equals + 1), line })
    }
  })
  return services
}
