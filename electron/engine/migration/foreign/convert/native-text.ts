import { scanScript } from '../../../../../contract/script-scanner'
import type { MigrationFile } from '../../migration-folder'
import { readScript, type Script, type ScriptOptions } from '../../migration-script'

/** The texts of a native pair; `down` is null where there is nothing that could roll back. */
export interface NativeTexts {
  readonly up: string
  readonly down: string | null
  /** Why there is no down file; null when there is one. */
  readonly irreversible: string | null
}

/** What a migration of another tool says, as a native pair: our header, then its SQL with its comments. */
export function nativeTexts(
  file: MigrationFile,
  facts: { readonly title: string; readonly tool: string; readonly depends: readonly string[] },
  options: ScriptOptions,
): NativeTexts {
  const { up, down } = file
  const hasDown = down !== null && down.problem === null && down.statements.length > 0
  const irreversible = hasDown ? null : (up?.header.irreversible ?? `there was no rollback for it in ${facts.tool}.`)
  const head = [
    `-- title: ${facts.title.replace(/\s+/g, ' ')}`,
    ...(up?.header.isTransactional === false ? ['-- transaction: off'] : []),
    ...(facts.depends.length === 0 ? [] : [`-- depends: ${facts.depends.join(' ')}`]),
    ...(irreversible === null ? [] : [`-- irreversible: ${irreversible}`]),
  ]
  const downHead = down?.header.isTransactional === false ? ['-- transaction: off'] : []
  return {
    up: textOf(head, up, 'up', options),
    down: hasDown ? textOf(downHead, down, 'down', options) : null,
    irreversible,
  }
}

function textOf(head: readonly string[], script: Script | null, part: 'up' | 'down', options: ScriptOptions): string {
  if (script === null) return `${head.join('\n')}\n`
  const start = head.length === 0 ? '' : `${head.join('\n')}\n\n`
  const wanted = script.statements.map(({ text }) => text)
  const pieces = script.pieces ?? [script.text]
  const plain = `${start}${pieces.map((piece) => finished(piece, options)).join('\n\n')}\n`
  const candidates = [
    ...(script.pieces === undefined ? [script.text] : []),
    ...(pieces.every(hasOneLineTexts)
      ? [`${start}${pieces.map((piece) => dedented(finished(piece, options))).join('\n\n')}\n`]
      : []),
    plain,
  ]
  // A comment of the file may read like a header of ours: then only the statements are taken.
  const exact = candidates.find((text) => {
    const read = readScript('', text, part, options)
    const isSame =
      read.statements.length === wanted.length &&
      read.statements.every((statement, index) => bare(statement.text) === bare(wanted[index] ?? ''))
    return isSame && read.problem === null && read.header.isTransactional === script.header.isTransactional
  })
  if (exact === undefined && script.statements.some(({ data }) => data !== null)) return plain
  return exact ?? `${start}${wanted.map((text) => `${text};`).join('\n\n')}\n`
}

/** A piece whose last statement ends with a semicolon, without the empty lines around it. */
function finished(piece: string, options: ScriptOptions): string {
  const last = scanScript(piece, options).statements.at(-1)
  const isOpen = last?.kind === 'sql' && !/^\s*;/.test(piece.slice(last.to))
  const whole = isOpen ? `${piece.slice(0, last.to)};${piece.slice(last.to)}` : piece
  return whole.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd()
}

/** True when blanks at the beginning of a line are no part of a text. */
function hasOneLineTexts(piece: string): boolean {
  return !/['"$]/.test(piece.replace(/'[^'\n]*'|"[^"\n]*"/g, ''))
}

/** Without the blanks that all lines begin with. */
function dedented(text: string): string {
  const indents = text
    .split('\n')
    .flatMap((line) => (line.trim() === '' ? [] : [/^[ \t]*/.exec(line)?.[0].length ?? 0]))
  const common = indents.length === 0 ? 0 : Math.min(...indents)
  return common === 0 ? text : text.replace(new RegExp(`^[ \\t]{1,${common}}`, 'gm'), '')
}

const bare = (text: string) => text.replace(/\n[ \t]+/g, '\n')
