/** A variable of an environment file. */
export interface Variable {
  readonly name: string
  readonly value: string
  readonly line: number
  /** True in single quotes: then nobody would replace anything in it. */
  readonly isLiteral: boolean
  /** True for an unquoted `#` within the value: some programs end the value there, others do not. */
  readonly hasBareHash?: boolean
}

const START = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*(?:=|:[ \t])[ \t]*/

/**
 * The variables of an environment file in order, read as dotenv reads them: `export`, comments, single and double quotes, also over several
 * lines. Nothing is expanded. Not `util.parseEnv`: that names no lines, and a line `__proto__=x` ends the whole process where
 * `--disable-proto=throw` is set.
 */
export function parseDotEnv(text: string): Variable[] {
  const lines = text.split('\n')
  const variables: Variable[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const start = START.exec(line)
    if (start === null) continue
    const name = start[1] ?? ''
    let rest = line.slice(start[0].length)
    const quote = rest.charAt(0)
    const from = at + 1
    if (quote !== '' && '"\'`'.includes(quote)) {
      let end = closing(rest, quote)
      // A quoted value may go on over lines; one that is never closed is the rest of its line.
      for (let next = at + 1; end < 0 && next < lines.length && next - at < 50; next += 1) {
        const longer = `${rest}\n${lines[next] ?? ''}`
        end = closing(longer, quote)
        if (end >= 0) {
          rest = longer
          at = next
        } else if (START.test(lines[next] ?? '')) break
        else rest = longer
      }
      if (end >= 0) {
        const inner = rest.slice(1, end)
        const value =
          quote === '"' ? inner.replaceAll('\\n', '\n').replaceAll('\\"', '"') : quote === '`' ? `\`${inner}\`` : inner
        variables.push({ name, value, line: from, isLiteral: quote === "'" })
        continue
      }
      rest = line.slice(start[0].length)
    }
    const value = rest.replace(/(^|[ \t])#.*$/, '').trim()
    variables.push({ name, value, line: from, isLiteral: false, hasBareHash: value.includes('#') })
  }
  return variables
}

function closing(text: string, quote: string): number {
  for (let at = 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\' && quote === '"') at += 1
    else if (text.charAt(at) === quote) return at
  }
  return -1
}
