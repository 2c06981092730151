import type { ReactNode } from 'react'
import { type LintFinding, type LintReport, lockInWords } from '../../contract/lint'
import { Button } from '../ui/button'
import { countOf } from '../ui/format'
import { LintIcon } from './lint-icon'

/** What was found in one of a migration's files; pressing one shows its place. Nothing where nothing was found. */
export function LintList(props: {
  readonly report: LintReport | null
  /** File name, for the list's accessible name. */
  readonly file: string
  readonly onOpen: (finding: LintFinding) => void
}): ReactNode {
  const { report, file, onOpen } = props
  if (report === null) return null
  const { findings, switchedOff, limit } = report
  if (findings.length === 0 && switchedOff === 0 && limit === null) return null
  return (
    <>
      {findings.length === 0 ? null : (
        <ul className="lint-list" aria-label={`Findings in ${file}`}>
          {findings.map((finding) => (
            <li key={`${finding.from} ${finding.rule} ${finding.title}`}>
              <Button
                variant="bare"
                className="lint-item"
                aria-label={`Line ${finding.line}: ${finding.title}`}
                onPress={() => onOpen(finding)}
              >
                <LintIcon severity={finding.severity} />
                <span className="lint-words">
                  <span>
                    <span className="dim">Line {finding.line} </span>
                    {finding.title}
                  </span>
                  {lockInWords(finding) === null ? null : <span className="st is-changed">{lockInWords(finding)}</span>}
                  {finding.safer === '' ? null : <span className="dim">Safer: {finding.safer}</span>}
                </span>
              </Button>
            </li>
          ))}
        </ul>
      )}
      {switchedOff === 0 ? null : (
        <p className="outcome small dim">{countOf(switchedOff, 'finding')} switched off with a reason.</p>
      )}
      {limit === null ? null : <p className="outcome small dim">{limit}</p>}
    </>
  )
}
