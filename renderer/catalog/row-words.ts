import type { Column } from '../../contract/catalog'
import { failureMessage } from '../../contract/failure'
import type { TreeRow } from './flatten-tree'
import { quoteName } from './quote-name'

const NO_BREAK_SPACE = '\u00a0'

/** A planner's estimate in few characters: `7`, `42 k`, `1.2 M`. */
export function compactCount(count: number): string {
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    // From 999.5 k on it would be rounded to 1000 k.
    if (count < size * 0.9995) continue
    const value = count / size
    const digits = value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value))
    return `${digits}${NO_BREAK_SPACE}${unit}`
  }
  return String(Math.round(count))
}

/** A name in one line: line ends and tabs, which a quoted name may hold, as their symbols. */
export function oneLine(name: string): string {
  return name.replace(/[\n\r\t]/g, (character) => (character === '\n' ? '␊' : character === '\r' ? '␍' : '␉'))
}

const SHORT_TYPES: readonly (readonly [RegExp, string])[] = [
  [/^timestamp(\(\d\))? with time zone/, 'timestamptz$1'],
  [/^timestamp(\(\d\))? without time zone/, 'timestamp$1'],
  [/^time(\(\d\))? with time zone/, 'timetz$1'],
  [/^time(\(\d\))? without time zone/, 'time$1'],
  [/^character varying/, 'varchar'],
  [/^character\b/, 'char'],
  [/^bit varying/, 'varbit'],
]

/** A type's name for a narrow row: PostgreSQL's short spellings, and no schema where it is the relation's own or `public`. */
export function shortType(type: string, schema: string): string {
  for (const prefix of [`${quoteName(schema)}.`, 'public.']) {
    if (type.startsWith(prefix)) return type.slice(prefix.length)
  }
  for (const [long, short] of SHORT_TYPES) if (long.test(type)) return type.replace(long, short)
  return type
}

/** What a screen reader says of a row; begins with the row's name. */
export function spokenName({ name, content }: TreeRow): string {
  switch (content.type) {
    case 'schema':
      return `${name}, schema`
    case 'group':
      return `${name}, ${content.count}`
    case 'relation': {
      const { kind, estimatedRows } = content.relation
      return [name, kind, ...(estimatedRows === null ? [] : [`about ${compactCount(estimatedRows)} rows`])].join(', ')
    }
    case 'routine': {
      const { kind, arguments: list, result } = content.routine
      return `${name}(${list}), ${kind}${result === null ? '' : `, returns ${result}`}`
    }
    case 'type':
      return `${name}, ${content.userType.kind}`
    case 'column':
      return [name, ...columnFacts(content.column)].join(', ')
    case 'index': {
      const { isPrimary, isUnique, isValid } = content.index
      const kind = isPrimary ? 'primary key index' : isUnique ? 'unique index' : 'index'
      return `${name}, ${kind}${isValid ? '' : ', invalid'}`
    }
    case 'constraint':
      return `${name}, ${content.constraint.kind}${content.constraint.isValidated ? '' : ', not validated'}`
    case 'loading':
      return 'Reading columns'
    case 'failure':
      return `${failureMessage(content.failure)} Press Enter to try again.`
  }
}

/** What the pointer is told of a row that does not fit into it; empty when there is nothing to add. */
export function rowTip({ name, content }: TreeRow): string {
  switch (content.type) {
    case 'relation':
      return [name, content.relation.comment].filter(Boolean).join('\n')
    case 'routine':
      return `${name}(${content.routine.arguments})${content.routine.result === null ? '' : `\nreturns ${content.routine.result}`}`
    case 'type':
      return [name, content.userType.definition].filter(Boolean).join('\n')
    case 'column':
      return [`${name} ${columnFacts(content.column).join(', ')}`, content.column.comment].filter(Boolean).join('\n')
    case 'index':
      return content.index.isValid
        ? content.index.definition
        : `${content.index.definition}\nInvalid: it is not used. Drop it or REINDEX.`
    case 'constraint':
      return `${name}\n${content.constraint.definition}`
    case 'failure':
      return failureMessage(content.failure)
    case 'schema':
    case 'group':
    case 'loading':
      return ''
  }
}

function columnFacts(column: Column): string[] {
  const facts = [column.type, column.isNotNull ? 'not null' : 'null']
  if (column.isPrimaryKey) facts.push('primary key')
  else if (column.isUnique) facts.push('unique')
  if (column.references !== null) facts.push(`references ${column.references}`)
  if (column.identity !== null) facts.push(`identity ${column.identity}`)
  if (column.default !== null) facts.push(`${column.isGenerated ? 'generated as' : 'default'} ${column.default}`)
  return facts
}
