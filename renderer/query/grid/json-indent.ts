const WORD = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

/**
 * The same JSON on indented lines; null when the text is not JSON. Only white space between the tokens changes: numbers keep
 * their digits, keys their order and their duplicates, strings their escapes.
 */
export function indentJson(text: string): string | null {
  const tokens = tokensOf(text)
  const open: string[] = []
  const lines: string[] = []
  let line = ''
  // What may come next: a value, a key, the colon behind a key, or what follows a value.
  let next: 'value' | 'key' | 'colon' | 'end' = 'value'

  const breakLine = () => {
    lines.push(line)
    line = '  '.repeat(open.length)
  }

  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1]
    const container = open.at(-1)
    switch (token) {
      case '{':
      case '[':
        if (next !== 'value') return null
        line += token
        open.push(token)
        if (tokens[index + 1] !== closing(token)) breakLine()
        next = token === '{' ? 'key' : 'value'
        break
      case '}':
      case ']':
        if (container === undefined || closing(container) !== token) return null
        if (before !== container && next !== 'end') return null
        open.pop()
        if (before !== container) breakLine()
        line += token
        next = 'end'
        break
      case ',':
        if (next !== 'end' || container === undefined) return null
        line += token
        breakLine()
        next = container === '{' ? 'key' : 'value'
        break
      case ':':
        if (next !== 'colon') return null
        line += ': '
        next = 'value'
        break
      default: {
        const isString = token.length > 1 && token.startsWith('"')
        if (!isString && !WORD.test(token)) return null
        if (next === 'key' ? !isString : next !== 'value') return null
        line += token
        next = next === 'key' ? 'colon' : 'end'
      }
    }
  }
  if (next !== 'end' || open.length > 0) return null
  return [...lines, line].join('\n')
}

// By hand: a pattern keeps a place to go back to for every character, and a string may be megabytes long.
function tokensOf(text: string): string[] {
  const tokens: string[] = []
  let at = 0
  while (at < text.length) {
    const from = at
    const character = text.charAt(at)
    at += 1
    if (isSpace(character)) continue
    if (character === '"') at = endOfString(text, at)
    else if (!isPunctuation(character))
      while (at < text.length && !isPunctuation(text.charAt(at)) && !isSpace(text.charAt(at))) at += 1
    tokens.push(text.slice(from, at))
  }
  return tokens
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '"') return at + 1
    if (character === '\\') at += 1
  }
  // Never closed: a lone quote is no word either, so the caller refuses it.
  return from
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r'
}

function isPunctuation(character: string): boolean {
  return '{}[],:"'.includes(character)
}

function closing(container: string): string {
  return container === '{' ? '}' : ']'
}
