import { bytesOfBytea, dataUrl, hexDump, imageType } from './bytea'
import { indentJson } from './json-indent'
import { type JsonTree, parseJsonTree } from './json-tree'
import { indentXml } from './xml-indent'

/** `pg_type.oid` of bytea. */
export const BYTEA = 17
const JSON_TYPES: readonly number[] = [114, 3802] // json, jsonb
const XML = 142
/** Longest text that is laid out as a tree, in UTF-16 units. */
const MOST_PARSED = 16 * 1024 * 1024
/** Bytes of a hex dump: four times as many characters. */
const MOST_DUMPED = 2 * 1024 * 1024
/** Bytes of an image that is shown. */
const MOST_PICTURED = 32 * 1024 * 1024

/** One way to look at a value. */
export interface ValueView {
  /** Its name on the tab. */
  readonly id: 'Tree' | 'Indented' | 'Image' | 'Hex' | 'Text'
  readonly content:
    | { readonly kind: 'tree'; readonly tree: JsonTree }
    | { readonly kind: 'image'; readonly url: string }
    | { readonly kind: 'text'; readonly text: string }
}

/** The ways to look at a value, the best first; the server's own text is always one of them. */
export function viewsOfValue(typeOid: number, text: string, isWhole: boolean): readonly ValueView[] {
  const asIs: ValueView = { id: 'Text', content: { kind: 'text', text } }
  if (typeOid === BYTEA) return [...bytesViews(text, isWhole), asIs]
  if (!isWhole || text.length > MOST_PARSED) return [asIs]
  const head = text.slice(0, 100).trimStart()
  if (JSON_TYPES.includes(typeOid) || /^[[{]/.test(head)) {
    const tree = parseJsonTree(text)
    if (tree === null) return [asIs]
    const indented = indentJson(text)
    const views: ValueView[] = [{ id: 'Tree', content: { kind: 'tree', tree } }]
    if (indented !== null) views.push({ id: 'Indented', content: { kind: 'text', text: indented } })
    // A text that happens to be JSON opens as the text it is.
    return JSON_TYPES.includes(typeOid) ? [...views, asIs] : [asIs, ...views]
  }
  if (typeOid === XML || head.startsWith('<')) {
    const indented = indentXml(text)
    if (indented === null) return [asIs]
    const view: ValueView = { id: 'Indented', content: { kind: 'text', text: indented } }
    return typeOid === XML ? [view, asIs] : [asIs, view]
  }
  return [asIs]
}

function bytesViews(text: string, isWhole: boolean): ValueView[] {
  const bytes = bytesOfBytea(text)
  if (bytes === null) return []
  const views: ValueView[] = []
  const type = imageType(bytes)
  if (type !== null && isWhole && bytes.length <= MOST_PICTURED)
    views.push({ id: 'Image', content: { kind: 'image', url: dataUrl(type, bytes) } })
  const dumped = hexDump(bytes.subarray(0, MOST_DUMPED))
  const rest =
    bytes.length > MOST_DUMPED ? `\n… the first ${MOST_DUMPED} bytes are dumped; save the value to have all` : ''
  views.push({ id: 'Hex', content: { kind: 'text', text: dumped + rest } })
  return views
}
