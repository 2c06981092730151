import { type Resolved, resolveReferences } from './references'

// A character of Unicode's private area stands for the $ that $$ means while references are looked for.
const DOLLAR = '\uE000'

/** A value of a Compose file: `$$` is a `$`, references count only by their defaults. */
export function composeValue(text: string): Resolved {
  const hidden = text.replaceAll(DOLLAR, '').replaceAll('$$', DOLLAR)
  if (/\$[A-Za-z_]/.test(hidden)) {
    return {
      type: 'refused',
      message: 'The value refers to a variable that this file does not set. Write the value itself.',
    }
  }
  const resolved = resolveReferences(hidden, () => null)
  return resolved.type === 'value' ? { ...resolved, value: resolved.value.replaceAll(DOLLAR, '$') } : resolved
}
