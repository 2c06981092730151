/**
 * The same XML with every tag on a line of its own, indented; null when tags do not match. Nothing is interpreted: entities,
 * comments, CDATA and the text between tags stay as they are, and an element that holds text alone stays on one line.
 */
export function indentXml(text: string): string | null {
  const tokens = tokensOf(text)
  if (tokens === null) return null
  const open: string[] = []
  const lines: string[] = []
  const push = (line: string) => lines.push('  '.repeat(open.length) + line)
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? ''
    if (!token.startsWith('<')) {
      if (token.trim() !== '') push(token.trim())
      continue
    }
    if (/^<[!?]/.test(token) || token.endsWith('/>')) {
      push(token)
      continue
    }
    if (token.startsWith('</')) {
      if (open.pop() !== nameOf(token)) return null
      push(token)
      continue
    }
    const name = nameOf(token)
    const [inner = '', after = ''] = [tokens[at + 1] ?? '', tokens[at + 2] ?? '']
    if (inner.startsWith('</') && nameOf(inner) === name) {
      push(token + inner)
      at += 1
    } else if (!inner.startsWith('<') && after.startsWith('</') && nameOf(after) === name) {
      push(token + inner + after)
      at += 2
    } else {
      push(token)
      open.push(name)
    }
  }
  return open.length > 0 || lines.length === 0 ? null : lines.join('\n')
}

function nameOf(tag: string): string {
  return /^<\/?([^\s/>]+)/.exec(tag)?.[1] ?? ''
}

// By hand: a quoted attribute may hold a >, and a value may be megabytes long.
function tokensOf(text: string): string[] | null {
  const tokens: string[] = []
  for (let at = 0; at < text.length; ) {
    const end = text.charAt(at) === '<' ? endOfTag(text, at) : text.indexOf('<', at)
    if (end === null) return null
    const to = end < 0 ? text.length : end
    tokens.push(text.slice(at, to))
    at = to
  }
  return tokens
}

const CLOSERS: readonly (readonly [open: string, close: string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
]

function endOfTag(text: string, from: number): number | null {
  for (const [open, close] of CLOSERS) {
    if (!text.startsWith(open, from)) continue
    const end = text.indexOf(close, from + open.length)
    return end < 0 ? null : end + close.length
  }
  let quote = ''
  let depth = 0
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '[') depth += 1
    else if (character === ']') depth -= 1
    else if (character === '>' && depth <= 0) return at + 1
  }
  return null
}
