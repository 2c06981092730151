/** True when a name fits a pattern of OpenSSH: `*` is any text, `?` any one character, everything else itself. */
export function fitsPattern(name: string, pattern: string): boolean {
  // Walked by hand: a pattern from a file must not become a slow regular expression.
  let at = 0
  let inPattern = 0
  let star = -1
  let retry = 0
  while (at < name.length) {
    const wanted = pattern[inPattern]
    if (wanted === '*') {
      star = inPattern
      retry = at
      inPattern += 1
    } else if (wanted === '?' || wanted === name[at]) {
      at += 1
      inPattern += 1
    } else if (star >= 0) {
      retry += 1
      at = retry
      inPattern = star + 1
    } else {
      return false
    }
  }
  while (pattern[inPattern] === '*') inPattern += 1
  return inPattern === pattern.length
}

/** True when a name fits a list of patterns: one of them fits, and none that is negated by `!` does. */
export function fitsPatterns(name: string, patterns: readonly string[]): boolean {
  let isFound = false
  for (const pattern of patterns) {
    const isNegated = pattern.startsWith('!')
    if (!fitsPattern(name, isNegated ? pattern.slice(1) : pattern)) continue
    if (isNegated) return false
    isFound = true
  }
  return isFound
}
