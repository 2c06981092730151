import { CircleAlert, FileSearch, TriangleAlert } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { TextField as AriaTextField, Checkbox, Input } from 'react-aria-components'
import type { Finding } from '../../../contract/import'
import { Button } from '../../ui/button'
import { Select } from '../../ui/field'
import { ENVIRONMENTS } from '../profile-words'
import { editFinding } from './import-actions'
import { type ImportChoice, isWhole, tellImport } from './import-store'
import { addressParts, detailWords, missingWords, secretWords } from './import-words'

/** One connection that was found: what becomes of it, where it leads, and what could not be used. */
export function FindingItem(props: {
  readonly finding: Finding
  readonly choice: ImportChoice
  readonly isDisabled: boolean
}): ReactNode {
  const { finding, choice, isDisabled } = props
  const id = useId()
  const edit = (change: Partial<ImportChoice>) => tellImport({ type: 'choiceEdited', token: finding.token, change })
  const details = detailWords(finding)
  return (
    <li className="finding" aria-labelledby={`${id}-name`} data-env={choice.environment}>
      <Checkbox
        className="check"
        aria-label={`Import ${finding.name}`}
        isSelected={choice.isChosen && isWhole(finding)}
        isDisabled={isDisabled || !isWhole(finding)}
        onChange={(isChosen) => edit({ isChosen })}
      >
        <span className="check-box" />
      </Checkbox>
      <AriaTextField
        className="field"
        aria-label={`Name of ${finding.name}`}
        value={choice.name}
        isDisabled={isDisabled}
        maxLength={100}
        onChange={(name) => edit({ name })}
      >
        <Input className="input strong" spellCheck="false" autoComplete="off" />
      </AriaTextField>
      <div className="finding-environment">
        <i className="dot" />
        <Select
          label="Environment"
          value={choice.environment}
          choices={ENVIRONMENTS.map((value) => ({ value, label: value }))}
          onChange={(environment) => edit({ environment })}
        />
      </div>
      <div className="finding-body" id={`${id}-name`}>
        <p className="mono selectable address">
          {addressParts(finding).map(({ text, state }, index) => (
            <bdi key={index} className={STATES[state]} {...(state === 'said' ? {} : { title: TITLES[state] })}>
              {text}
            </bdi>
          ))}
        </p>
      </div>
      <Button size="small" isDisabled={isDisabled} onPress={() => void editFinding(finding)}>
        Edit and connect…
      </Button>
      <div className="finding-body finding-rest">
        <p className="small t2 selectable details">
          {details.map((detail) => (
            <bdi key={detail}>{detail}</bdi>
          ))}
          <bdi className="dim">
            {finding.place}
            {finding.line === null ? '' : `, line ${finding.line}`}
          </bdi>
        </p>
        {finding.secrets.length === 0 ? null : (
          <Checkbox
            className="check"
            isSelected={choice.keepsSecrets}
            isDisabled={isDisabled}
            onChange={(keepsSecrets) => edit({ keepsSecrets })}
          >
            <span className="check-box" />
            {secretWords(finding.secrets)} <span aria-hidden>••••••••</span>
          </Checkbox>
        )}
        <Remarks finding={finding} />
      </div>
    </li>
  )
}

const STATES = { said: '', assumed: 'dim', missing: 'bad' } as const
const TITLES = { assumed: 'Not in the source: what is usual', missing: 'Not in the source: to be filled in' } as const

function Remarks({ finding }: { readonly finding: Finding }): ReactNode {
  const { problems, notes, ignored, missing, savedAs } = finding
  const words = missingWords(missing)
  return (
    <>
      {savedAs === null ? null : (
        <p className="remark warn">
          <TriangleAlert className="i" aria-hidden />
          <span>
            Saved already as <b>{savedAs.name}</b>.
          </span>
        </p>
      )}
      {problems.map((problem, index) => (
        <p key={index} className="remark bad">
          <CircleAlert className="i" aria-label="problem" />
          <span className="selectable">{withLine(problem)}</span>
        </p>
      ))}
      {words === '' ? null : (
        <p className="remark bad">
          <CircleAlert className="i" aria-label="problem" />
          <span>{words}. Edit and connect asks for what is missing.</span>
        </p>
      )}
      {notes.map((note, index) => (
        <p key={index} className="remark warn">
          <TriangleAlert className="i" aria-label="note" />
          <span className="selectable">{withLine(note)}</span>
        </p>
      ))}
      {ignored.length === 0 ? null : (
        <div className="remark">
          <FileSearch className="i" aria-hidden />
          <ul aria-label="Not used">
            {ignored.map(({ name, reason }) => (
              <li key={name} className="selectable">
                Not used: <bdi className="mono">{name}</bdi>. {reason}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}

function withLine({ line, message }: { readonly line: number | null; readonly message: string }): string {
  return line === null ? message : `Line ${line}: ${message}`
}
