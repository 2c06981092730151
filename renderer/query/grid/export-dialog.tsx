import { type ReactNode, useState } from 'react'
import { Radio, RadioGroup } from 'react-aria-components'
import type { ExportFormat, ExportInput, FileKind } from '../../../contract/transfer'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Select, TextField } from '../../ui/field'
import { readableCount } from './visible-text'

/** Which of the loaded rows and columns are exported. */
export interface ExportScope {
  readonly value: string
  readonly label: string
  readonly rowCount: number
  readonly rows: { readonly from: number; readonly to: number } | null
  readonly isOfView: boolean
  /** Numbers of the columns in their order. */
  readonly columns: readonly number[]
}

/** What is exported, and how it is written. */
export interface ExportChoice extends Pick<ExportInput, 'format' | 'hasHeader' | 'delimiter' | 'relation'> {
  readonly scope: ExportScope
  readonly fileName: string
  readonly fileKind: FileKind
}

const FORMATS: readonly { readonly value: ExportFormat; readonly label: string; readonly kind: FileKind }[] = [
  { value: 'csv', label: 'CSV', kind: 'csv' },
  { value: 'copy text', label: 'Tab-separated, as COPY writes it', kind: 'tsv' },
  { value: 'json', label: 'JSON', kind: 'json' },
  { value: 'markdown', label: 'Markdown', kind: 'md' },
  { value: 'insert', label: 'INSERT statements', kind: 'sql' },
]
const DELIMITERS = [
  { value: ',', label: 'Comma' },
  { value: ';', label: 'Semicolon' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Bar' },
] as const

/** Asks which loaded rows are written to a file, and how. */
export function ExportDialog(props: {
  readonly name: string
  readonly scopes: readonly ExportScope[]
  readonly firstScope: string
  readonly relation: string
  /** Another file is still being written. */
  readonly isBusy: boolean
  readonly onExport: (choice: ExportChoice) => void
  readonly onClose: () => void
}): ReactNode {
  const { scopes, onExport, onClose } = props
  const [scopeValue, setScopeValue] = useState(props.firstScope)
  const [format, setFormat] = useState<ExportFormat>('csv')
  const [hasHeader, setHasHeader] = useState(true)
  const [delimiter, setDelimiter] = useState<ExportInput['delimiter']>(',')
  const [relation, setRelation] = useState(props.relation)
  const scope = scopes.find(({ value }) => value === scopeValue) ?? scopes[0]
  const kind = FORMATS.find(({ value }) => value === format)?.kind ?? 'csv'
  const hasNames = format === 'csv' || format === 'copy text'
  const isReady = !props.isBusy && scope !== undefined && (format !== 'insert' || relation.trim() !== '')
  const choose = () => {
    if (scope === undefined || !isReady) return
    const written = relation.trim() === '' ? 'table_name' : relation.trim()
    onExport({
      scope,
      format,
      hasHeader,
      delimiter,
      relation: written,
      fileName: `${props.name}.${kind}`,
      fileKind: kind,
    })
  }
  return (
    <Dialog
      title="Export loaded rows"
      label="Export loaded rows"
      onClose={onClose}
      width={560}
      footer={
        <>
          <span className="t2 small">
            {props.isBusy ? 'Another file is still being written' : 'Values exactly as the server sent them'}
          </span>
          <span className="grow" />
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={!isReady} onPress={choose}>
            Choose file…
          </Button>
        </>
      }
    >
      <div className="gexport">
        <RadioGroup className="gradios" aria-label="Rows" value={scopeValue} onChange={setScopeValue}>
          {scopes.map(({ value, label, rowCount, columns }) => (
            <Radio key={value} value={value} className="gradio">
              {label}
              <span className="dim small num">
                {readableCount(rowCount)} {rowCount === 1 ? 'row' : 'rows'}, {readableCount(columns.length)}{' '}
                {columns.length === 1 ? 'column' : 'columns'}
              </span>
            </Radio>
          ))}
        </RadioGroup>
        <div className="gexport-form">
          <Select label="Format" value={format} choices={FORMATS} onChange={setFormat} />
          {format === 'csv' ? (
            <Select label="Delimiter" value={delimiter} choices={DELIMITERS} onChange={setDelimiter} />
          ) : null}
          {format === 'insert' ? (
            <TextField label="Relation" value={relation} isMono onChange={setRelation} placeholder="schema.table" />
          ) : null}
          {hasNames ? (
            <label className="gcheck">
              <input type="checkbox" checked={hasHeader} onChange={(event) => setHasHeader(event.target.checked)} />
              Column names in the first line
            </label>
          ) : null}
        </div>
      </div>
    </Dialog>
  )
}
