/** What a value with references means. */
export type Resolved =
  | { readonly type: 'value'; readonly value: string; readonly note: string | null }
  | { readonly type: 'refused'; readonly message: string }

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-=?+])([^{}$`]*))?\}/g

/**
 * The meaning of a value in which other variables are named as `${NAME}`. Only a variable of the same file is looked up, and only one whose own
 * value names none; a default (`${NAME:-5432}`) is taken where the file does not set the variable, and said. Nothing else is expanded: no
 * environment, no command. `lookUp` answers null for a variable that the file does not set.
 */
export function resolveReferences(value: string, lookUp: (name: string) => string | null): Resolved {
  if (/`|\$\(/.test(value)) {
    return {
      type: 'refused',
      message: 'The value holds a command that a shell would run. Strata runs nothing: write the value itself.',
    }
  }
  let note: string | null = null
  let refused: string | null = null
  const resolved = value.replace(REFERENCE, (_whole, name: string, operator: string | undefined, fallback = '') => {
    const known = lookUp(name)
    if (known !== null && known !== '') {
      if (/\$\{|\$\(|`/.test(known))
        refused ??= `The value refers to ${name}, which refers to something else. Write the value itself.`
      return known
    }
    if (operator === ':-' || operator === '-') {
      note = `The default of ${name} was taken: the variable itself is not read.`
      return fallback
    }
    refused ??= `The value refers to the variable ${name}, which this file does not set. Strata reads no variables: write the value itself.`
    return ''
  })
  if (refused !== null) return { type: 'refused', message: refused }
  const bare = [...value.matchAll(/\$([A-Za-z_][A-Za-z0-9_]*)/g)].find(([, name = '']) => lookUp(name) !== null)
  if (bare !== undefined) {
    return { type: 'refused', message: `The value refers to ${bare[1]} without braces. Write the value itself.` }
  }
  if (/\$\{/.test(note === null && resolved === value ? value : stripped(value))) {
    return {
      type: 'refused',
      message: 'The value refers to a variable by more than its name and a default. Write the value itself.',
    }
  }
  return { type: 'value', value: resolved, note }
}

/** The value without its plain references: whatever of `${` is left is something else. */
function stripped(value: string): string {
  return value.replace(REFERENCE, '')
}
