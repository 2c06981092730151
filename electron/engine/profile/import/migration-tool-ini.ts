import { FoundConnection } from './found-connection'
import { type IniSection, interpolate, parseIni } from './ini'
import { plainText } from './plain-text'

const URL_START = /^(jdbc:)?postgres(ql)?(\+\w+)?:\/\//i

/** The connections of a `yoyo.ini`: the key `database` of its sections. What it includes or inherits is named, not followed. */
export function readYoyoIni(text: string): FoundConnection[] {
  const sections = parseIni(text)
  return sections.flatMap((section) => connectionOf(section, 'database', sections))
}

/** The connections of an `alembic.ini`: the key `sqlalchemy.url` of every section that has one. */
export function readAlembicIni(text: string): FoundConnection[] {
  const sections = parseIni(text)
  return sections.flatMap((section) => connectionOf(section, 'sqlalchemy.url', sections))
}

function connectionOf(section: IniSection, key: string, sections: readonly IniSection[]): FoundConnection[] {
  const defaults = sections.find(({ name }) => name === 'DEFAULT')
  const raw = section.values.get(key)
  if (raw === undefined) return []
  const found = new FoundConnection(`${key} in [${plainText(section.name, 60)}]`, raw.line)
  if (section.name !== 'DEFAULT' && section.name !== 'alembic') found.hints.push(section.name)
  for (const { key: again, line } of section.repeated) {
    if (again === key) found.problem(`The key ${key} stands twice in the section: the first one was read.`, line)
  }
  for (const [name, { line }] of defaults?.values ?? []) {
    if (/^%?(include|inherit)$/.test(name)) found.note(`${name} names another file, which is not read.`, line)
  }
  const meant = interpolate(raw.value, section, defaults)
  if (!meant.ok) found.refuse('host', meant.message, raw.line)
  else if (meant.value.startsWith('driver://')) {
    found.refuse('host', 'The URL is still the example that alembic init writes.', raw.line)
  } else if (meant.value.trim() === '') return []
  else if (!URL_START.test(meant.value)) {
    found.refuse('host', 'The URL does not lead to PostgreSQL: it begins with another scheme.', raw.line)
  } else found.takeText(meant.value, raw.line)
  return [found]
}
