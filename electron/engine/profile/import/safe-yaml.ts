import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { refusal } from '../../failure-error'

/** Larger YAML takes the parser longer than anybody wants to wait; Compose files are a hundredth of that. */
const MAX_UNITS = 64 * 1024
const MAX_DEPTH = 40
const MAX_ALIASES = 50

/** A YAML document that can be walked without expanding anything. */
export class SafeYaml {
  readonly root: Node | null
  private readonly document: Document
  private readonly lines: LineCounter
  private aliases = 0

  private constructor(document: Document, lines: LineCounter) {
    this.document = document
    this.lines = lines
    this.root = document.contents as Node | null
  }

  /** Parses YAML 1.2 with the core schema, without custom tags and merge keys; refused when it is no single valid document. */
  static parse(text: string): SafeYaml {
    if (text.length > MAX_UNITS)
      throw refusal('file', 'The YAML is larger than 64 KB. Leave only the services that matter.')
    refuseDeepText(text)
    const lines = new LineCounter()
    let document: Document
    try {
      document = parseDocument(text, {
        version: '1.2',
        schema: 'core',
        merge: false,
        uniqueKeys: true,
        prettyErrors: false,
        logLevel: 'error',
        lineCounter: lines,
      })
    } catch {
      throw refusal('file', 'The YAML is nested too deeply to be read.')
    }
    // The parser's own message quotes the text.
    const [error] = document.errors
    if (error !== undefined) {
      const line = lines.linePos(error.pos[0]).line
      const what = error.code === 'MULTIPLE_DOCS' ? 'It holds several YAML documents' : 'It is not valid YAML'
      throw refusal('file', `${what}: see line ${line} (${error.code.toLowerCase().replaceAll('_', ' ')}).`)
    }
    return new SafeYaml(document, lines)
  }

  /** The pairs of a mapping in order; none for anything else. */
  pairs(node: unknown): { readonly key: string; readonly value: unknown; readonly line: number }[] {
    const map = this.resolve(node)
    if (!isMap(map)) return []
    return map.items.map(({ key, value }) => ({
      key: isScalar(key) ? String(key.value) : '',
      value,
      line: this.lineOf(key) ?? this.lineOf(value) ?? 1,
    }))
  }

  /** The value under a key of a mapping; undefined when there is none. */
  get(node: unknown, key: string): unknown {
    return this.pairs(node).find((pair) => pair.key === key)?.value
  }

  /** The items of a sequence; none for anything else. */
  items(node: unknown): unknown[] {
    const sequence = this.resolve(node)
    return isSeq(sequence) ? sequence.items : []
  }

  /** The text of a scalar as it stands; null for anything else, for an empty one and for one with a tag of its own. */
  text(node: unknown): string | null {
    const scalar = this.resolve(node)
    if (!isScalar(scalar) || scalar.value === null || this.hasOwnTag(scalar)) return null
    // 0123 and 1e3 are numbers for YAML, and a password for whoever wrote them.
    return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value))
  }

  /** True for a value with a tag that is not one of YAML's own, such as `!reset` or `!!js/function`. */
  hasOwnTag(node: unknown): boolean {
    const tag = isScalar(node) || isMap(node) || isSeq(node) ? node.tag : undefined
    return tag !== undefined && !/^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/.test(tag)
  }

  /** The line on which a node begins; null when that is not known. */
  lineOf(node: unknown): number | null {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : null
    return range === null || range === undefined ? null : this.lines.linePos(range[0]).line
  }

  private resolve(node: unknown): unknown {
    if (!isAlias(node)) return node
    this.aliases += 1
    if (this.aliases > MAX_ALIASES) throw refusal('file', 'The YAML refers to its own parts too often.')
    return node.resolve(this.document)
  }
}

/** What nests deeply costs the parser more than it is worth: refused before it begins. */
function refuseDeepText(text: string): void {
  let depth = 0
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1)
    if (depth > MAX_DEPTH) throw refusal('file', 'The YAML is nested too deeply to be read.')
  }
  text.split('\n').forEach((line, index) => {
    if (/^\s*(?:[-?:]\s+){8}/.test(line) || /(?:^|\s)\?(?:\s|$)/.test(line.replace(/#.*$/, ''))) {
      throw refusal(
        'file',
        `Line ${index + 1} begins several nested YAML values or a complex key, which no Compose file needs.`,
      )
    }
  })
}
