import type { FileHead } from '../script-pieces'

const DIRECTIVE = /^\s*--\s*(transactional|depends)\s*:\s*(.*)$/
const COMMENT_OR_EMPTY = /^(\s*|\s*--.*)$/

/** What the leading comment lines of a yoyo `.sql` file say. */
export function readYoyoSql(text: string, fallbackTitle: string): FileHead {
  const values = new Map<string, { readonly text: string; readonly line: number }>()
  const comments: string[] = []
  let line = 0
  for (const each of text.split(/\r\n|\n|\r/)) {
    line += 1
    const found = DIRECTIVE.exec(each)
    if (found !== null) {
      const [, key = '', value = ''] = found
      const before = values.get(key)
      values.set(key, { text: before === undefined ? value : `${before.text} ${value}`, line })
    } else if (COMMENT_OR_EMPTY.test(each)) {
      comments.push(each.trim().replace(/^-+/, '').trim())
    } else break
  }
  const transactional = values.get('transactional')
  const word = transactional?.text.trim().toLowerCase() ?? 'true'
  const depends = (values.get('depends')?.text ?? '').split(/\s+/).filter((name) => name !== '')
  const title = comments.find((comment) => comment !== '') ?? fallbackTitle
  const problem =
    word === 'true' || word === 'false'
      ? null
      : { line: transactional?.line ?? 1, message: `"-- transactional:" is "true" or "false", not "${word}".` }
  return { header: { title, isTransactional: word !== 'false', depends }, problem }
}
