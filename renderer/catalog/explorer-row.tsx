import {
  ChevronDown,
  ChevronRight,
  Eye,
  Folder,
  FolderOpen,
  Globe,
  KeyRound,
  Layers,
  Link,
  ListOrdered,
  type LucideIcon,
  Shapes,
  Sigma,
  SquareFunction,
  Table,
  Table2,
} from 'lucide-react'
import { type CSSProperties, memo, type ReactNode } from 'react'
import type { Column, RelationKind } from '../../contract/catalog'
import { failureMessage } from '../../contract/failure'
import type { RowContent, TreeRow } from './flatten-tree'
import { compactCount, oneLine, rowTip, shortType, spokenName } from './row-words'
import { ROW_HEIGHT } from './tree-window'

const RELATION_ICONS: Readonly<Record<RelationKind, LucideIcon>> = {
  table: Table,
  'partitioned table': Table2,
  'foreign table': Globe,
  view: Eye,
  'materialized view': Layers,
  sequence: ListOrdered,
}

/** One row of the explorer's tree, at its place in the whole list. */
export const ExplorerRow = memo(function ExplorerRow(props: {
  readonly id: string
  readonly row: TreeRow
  readonly at: number
  readonly isActive: boolean
}): ReactNode {
  const { id, row, at, isActive } = props
  const { content } = row
  const isCell = content.type === 'column' || content.type === 'loading' || content.type === 'failure'
  // --d is the step of indentation that `.row` is drawn with.
  const style = { top: at * ROW_HEIGHT, '--d': row.depth } as CSSProperties
  return (
    <div
      id={id}
      className={`row ${isCell ? 'col' : ''}`}
      role="treeitem"
      aria-label={spokenName(row)}
      aria-level={row.level}
      aria-setsize={row.setSize}
      aria-posinset={row.position}
      aria-selected={isActive}
      {...(row.isExpanded === null ? {} : { 'aria-expanded': row.isExpanded })}
      data-row={at}
      data-kind={content.type}
      title={rowTip(row)}
      style={style}
    >
      {isCell ? <KeySlot content={content} /> : <Chevron isExpanded={row.isExpanded} />}
      <RowIcon content={content} isExpanded={row.isExpanded === true} />
      <RowText row={row} />
    </div>
  )
})

function Chevron({ isExpanded }: { readonly isExpanded: boolean | null }): ReactNode {
  if (isExpanded === null) return <span className="chevron-slot" />
  const Icon = isExpanded ? ChevronDown : ChevronRight
  return (
    <span className="chevron">
      <Icon className="i i12" aria-hidden />
    </span>
  )
}

function KeySlot({ content }: { readonly content: RowContent }): ReactNode {
  return <span className="kslot">{content.type === 'column' ? <KeyMark column={content.column} /> : null}</span>
}

function KeyMark({ column }: { readonly column: Column }): ReactNode {
  if (column.isPrimaryKey) return <KeyRound className="i key" aria-hidden />
  if (column.references !== null) return <Link className="i" aria-hidden />
  return column.isUnique ? <b className="uq">U</b> : null
}

function RowIcon(props: { readonly content: RowContent; readonly isExpanded: boolean }): ReactNode {
  const Icon = iconOf(props.content, props.isExpanded)
  return Icon === null ? null : <Icon className="i" aria-hidden />
}

function iconOf(content: RowContent, isExpanded: boolean): LucideIcon | null {
  switch (content.type) {
    case 'schema':
      return isExpanded ? FolderOpen : Folder
    case 'relation':
      return RELATION_ICONS[content.relation.kind]
    case 'routine':
      return content.routine.kind === 'aggregate' ? Sigma : SquareFunction
    case 'type':
      return Shapes
    default:
      return null
  }
}

function RowText({ row }: { readonly row: TreeRow }): ReactNode {
  const { content } = row
  const name = oneLine(row.name)
  switch (content.type) {
    case 'schema':
      return <Words name={name} hint="schema" />
    case 'group':
      return <Words name={name} hint={String(content.count)} />
    case 'relation': {
      const { estimatedRows } = content.relation
      return <Words name={name} hint={estimatedRows === null ? '' : compactCount(estimatedRows)} />
    }
    case 'routine':
      return (
        <>
          <span className="name">
            {name}
            <span className="dim">({content.routine.arguments})</span>
          </span>
          <span className="hint type">{shortType(content.routine.result ?? '', content.schema)}</span>
        </>
      )
    case 'type':
      return <Words name={name} hint={content.userType.kind} />
    case 'column':
      return (
        <>
          <span className="name">{name}</span>
          <span className="hint">
            <span className="type">{shortType(content.column.type, content.schema)}</span>
            {content.column.isNotNull ? '' : ' null'}
          </span>
        </>
      )
    case 'index': {
      const { isPrimary, isUnique, isValid } = content.index
      if (!isValid) return <Words name={name} hint="invalid" isBad />
      return <Words name={name} hint={isPrimary ? 'primary' : isUnique ? 'unique' : ''} />
    }
    case 'constraint': {
      const { kind, isValidated } = content.constraint
      return <Words name={name} hint={isValidated ? kind : 'not validated'} isBad={!isValidated} />
    }
    case 'loading':
      return <span className="name dim late">Reading columns…</span>
    case 'failure':
      return (
        <>
          <span className="name is-failed st">{failureMessage(content.failure)}</span>
          <span className="hint">try again</span>
        </>
      )
  }
}

function Words(props: { readonly name: string; readonly hint: string; readonly isBad?: boolean }): ReactNode {
  return (
    <>
      <span className="name">{props.name}</span>
      <span className={props.isBad === true ? 'hint is-changed st' : 'hint'}>{props.hint}</span>
    </>
  )
}
