/** A value of an INI file, raw. */
export interface IniValue {
  readonly value: string
  readonly line: number
}

/** A section of an INI file: keys in lower case, as Python's configparser keeps them. */
export interface IniSection {
  readonly name: string
  readonly line: number
  readonly values: ReadonlyMap<string, IniValue>
  /** Keys that stand twice in the section. */
  readonly repeated: readonly { readonly key: string; readonly line: number }[]
}

/** What a raw value comes to. */
export type Interpolated =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly message: string }

const MAX_DEPTH = 10
const MAX_UNITS = 64 * 1024
const MAX_SECTIONS = 1000

/** The sections of an INI file by configparser's rules: `=` or `:`, comments in lines of their own, indented lines go on with the value before. */
export function parseIni(text: string): IniSection[] {
  const sections: {
    name: string
    line: number
    values: Map<string, IniValue>
    repeated: { key: string; line: number }[]
  }[] = []
  let key: string | null = null
  text.split('\n').forEach((raw, index) => {
    const line = index + 1
    const section = sections.at(-1)
    if (/^\s*([#;]|$)/.test(raw)) return
    const head = /^\s*\[([^\]]{1,200})\]\s*$/.exec(raw)
    if (head !== null) {
      const name = head[1] ?? ''
      const known = sections.findIndex((each) => each.name === name)
      // configparser refuses a section that stands twice; its keys are read on, and named as repeated.
      if (known >= 0) sections.push(...sections.splice(known, 1))
      else if (sections.length < MAX_SECTIONS) sections.push({ name, line, values: new Map(), repeated: [] })
      key = null
      return
    }
    if (section === undefined) return
    const before = key === null ? undefined : section.values.get(key)
    if (/^\s/.test(raw) && key !== null && before !== undefined) {
      if (before.value.length < MAX_UNITS)
        section.values.set(key, { ...before, value: `${before.value}\n${raw.trim()}` })
      return
    }
    const [, name = '', value = ''] = /^\s*([^=:\s][^=:]*?)\s*(?:[=:]\s*(.*))?$/.exec(raw.slice(0, MAX_UNITS)) ?? []
    if (name === '') return
    key = name.toLowerCase()
    if (section.values.has(key)) section.repeated.push({ key, line })
    else section.values.set(key, { value: value.trimEnd(), line })
  })
  return sections
}

/**
 * A value with `%%` and `%(name)s` replaced as configparser does, from the section and the section DEFAULT alone. What comes from
 * elsewhere (`here`, the environment) and what refers to itself is not replaced: then the message names it.
 */
export function interpolate(raw: string, section: IniSection, defaults: IniSection | undefined): Interpolated {
  const result = replace(raw, section, defaults, 1)
  return typeof result === 'string' ? { ok: true, value: result } : { ok: false, message: result.message }
}

function replace(
  raw: string,
  section: IniSection,
  defaults: IniSection | undefined,
  depth: number,
): string | { message: string } {
  if (depth > MAX_DEPTH) return { message: 'The value refers to itself through %(…)s, or through too many others.' }
  let result = ''
  for (let at = 0; at < raw.length; at += 1) {
    const character = raw.charAt(at)
    if (character !== '%') {
      result += character
      continue
    }
    if (raw.charAt(at + 1) === '%') {
      result += '%'
      at += 1
      continue
    }
    const [whole, name] = /^%\(([^)]{1,100})\)s/.exec(raw.slice(at, at + 110)) ?? []
    if (whole === undefined || name === undefined) {
      return { message: 'The value holds a single %. In an INI file, write it as %%.' }
    }
    const known = section.values.get(name.toLowerCase()) ?? defaults?.values.get(name.toLowerCase())
    if (known === undefined) {
      // A name is shown only where it is one: in a password, %(…)s may be part of it.
      const shown = /^[A-Za-z_][\w.-]{0,60}$/.test(name) ? `%(${name})s` : 'another key'
      return { message: `The value refers to ${shown}, which this file does not set. Write the value itself.` }
    }
    const inner = replace(known.value, section, defaults, depth + 1)
    if (typeof inner !== 'string') return inner
    result += inner
    if (result.length > MAX_UNITS) return { message: 'The value grows too long through its references.' }
    at += whole.length - 1
  }
  return result
}
