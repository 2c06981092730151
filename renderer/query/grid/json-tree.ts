/** A line of a JSON tree. */
export interface JsonLine {
  /** Where it begins in the text: stays the same while others fold. */
  readonly id: number
  readonly depth: number
  /** The member's name as the server printed it, quotes and escapes included; the number of an element; null for the whole. */
  readonly key: string | null
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'word'
  /** The value as the server printed it; empty for objects and arrays. */
  readonly text: string
  /** Members of an object or array. */
  readonly size: number
}

/** A value of the tree: lines are made of it as far as it is unfolded. */
interface JsonNode {
  readonly id: number
  readonly key: string | null
  readonly kind: JsonLine['kind']
  readonly text: string
  readonly members: readonly JsonNode[]
}

/** A JSON text as a tree of its own words: numbers keep their digits, objects their order and their duplicate keys. */
export interface JsonTree {
  readonly root: JsonNode
}

const DEEPEST = 2_000
const WORD = /(?:true|false|null)\b/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** The tree of a JSON text; null when it is none, or is nested deeper than anybody reads. */
export function parseJsonTree(text: string): JsonTree | null {
  let at = 0
  const space = () => {
    while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1
  }
  const string = (): string | null => {
    const from = at
    if (text.charAt(at) !== '"') return null
    for (at += 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code === 92) at += 1
      else if (code === 34) {
        at += 1
        return text.slice(from, at)
      }
    }
    return null
  }
  const matched = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0] ?? ''
    at += found.length
    return found === '' ? null : found
  }
  const value = (key: string | null, depth: number): JsonNode | null => {
    space()
    const id = at
    const first = text.charAt(at)
    if (first === '{' || first === '[') return container(key, depth, id, first)
    if (first === '"') return leaf(id, key, 'string', string())
    const number = matched(NUMBER)
    return number !== null ? leaf(id, key, 'number', number) : leaf(id, key, 'word', matched(WORD))
  }
  const container = (key: string | null, depth: number, id: number, open: '{' | '['): JsonNode | null => {
    if (depth > DEEPEST) return null
    const close = open === '{' ? '}' : ']'
    const kind = open === '{' ? 'object' : 'array'
    const members: JsonNode[] = []
    at += 1
    space()
    if (text.charAt(at) === close) {
      at += 1
      return { id, key, kind, text: '', members }
    }
    for (;;) {
      let name: string | null = String(members.length)
      if (open === '{') {
        space()
        name = string()
        space()
        if (name === null || text.charAt(at) !== ':') return null
        at += 1
      }
      const member = value(name, depth + 1)
      if (member === null) return null
      members.push(member)
      space()
      const next = text.charAt(at)
      at += 1
      if (next === close) return { id, key, kind, text: '', members }
      if (next !== ',') return null
    }
  }
  const root = value(null, 0)
  space()
  return root === null || at < text.length ? null : { root }
}

/** The lines of a tree whose folded values, by id, hide what is in them. */
export function linesOf({ root }: JsonTree, isFolded: (id: number, depth: number) => boolean): JsonLine[] {
  const lines: JsonLine[] = []
  const walk = ({ id, key, kind, text, members }: JsonNode, depth: number) => {
    lines.push({ id, depth, key, kind, text, size: members.length })
    if (members.length > 0 && !isFolded(id, depth)) for (const member of members) walk(member, depth + 1)
  }
  walk(root, 0)
  return lines
}

function leaf(id: number, key: string | null, kind: JsonLine['kind'], text: string | null): JsonNode | null {
  return text === null ? null : { id, key, kind, text, members: [] }
}
