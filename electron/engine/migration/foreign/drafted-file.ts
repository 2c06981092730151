import type { ForeignTool } from '../../../../contract/migration'

/** A file that is to be written. */
export interface NewFile {
  readonly name: string
  readonly text: string
}

const OFF = /^-- transaction: off\n/

/** The files of a new, empty migration filled with texts as the tool writes them; `down` null leaves the rollback empty. */
export function withTexts(
  tool: ForeignTool,
  files: readonly NewFile[],
  texts: { readonly up: string; readonly down: string | null },
): readonly NewFile[] {
  const [first, second] = files
  if (first === undefined) return files
  const isOff = OFF.test(texts.up)
  const up = texts.up.replace(OFF, '').trimEnd()
  const down = (texts.down ?? '').replace(OFF, '').trimEnd()
  switch (tool) {
    case 'dbmate': {
      const off = isOff ? ' transaction:false' : ''
      return [{ ...first, text: `-- migrate:up${off}\n${up}\n\n-- migrate:down${off}\n${down}\n` }]
    }
    case 'node-pg-migrate':
      return [{ ...first, text: `-- Up Migration\n${up}\n\n-- Down Migration\n${down}\n` }]
    case 'golang-migrate':
      return pair(first, second, up, texts.down === null ? null : down, '')
    case 'yoyo':
      if (second !== undefined) return pair(first, second, up, down, isOff ? '-- transactional: false\n' : '')
      return [{ ...first, text: pythonStep(first.text, up, down, isOff) }]
    case 'Alembic':
      return files
  }
}

function pair(
  first: NewFile,
  second: NewFile | undefined,
  up: string,
  down: string | null,
  mark: string,
): readonly NewFile[] {
  const files = [{ ...first, text: `${mark}${first.text.trimEnd()}\n${up}\n` }]
  return second === undefined || down === null ? files : [...files, { ...second, text: `${mark}${down}\n` }]
}

/** The empty step of a new file with both texts in it, as Python writes strings of many lines. */
function pythonStep(text: string, up: string, down: string, isOff: boolean): string {
  const quoted = (sql: string) => `"""\n${sql.replaceAll('\\', '\\\\').replaceAll('"""', '\\"\\"\\"')}\n        """`
  const parts = [up, down]
  const filled = text.replace(/"""\n {8}"""/g, () => quoted(parts.shift() ?? ''))
  return isOff ? filled.replace(/^(__depends__.*)$/m, '$1\n__transactional__ = False') : filled
}
