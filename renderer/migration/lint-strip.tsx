import { ChevronDown, ChevronUp } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { type LintFinding, type LintReport, lockInWords } from '../../contract/lint'
import { Button } from '../ui/button'
import { countOf } from '../ui/format'
import './lint.css'
import { LintIcon } from './lint-icon'

/**
 * The strip below a migration file: one finding at a time with its lock, the reason and the safer way. It has its height from the
 * beginning, so that nothing moves when the check is done.
 */
export function LintStrip(props: {
  /** Null until the text was checked for the first time. */
  readonly report: LintReport | null
  readonly onShow: (finding: LintFinding) => void
  readonly onFix: (finding: LintFinding) => void
  readonly onSwitchOff: (finding: LintFinding) => void
}): ReactNode {
  const { report, onShow, onFix, onSwitchOff } = props
  const [wanted, setWanted] = useState(0)
  const findings = report?.findings ?? []
  const at = Math.min(wanted, Math.max(0, findings.length - 1))
  const finding = findings[at]
  const go = (step: 1 | -1) => {
    const next = (at + step + findings.length) % findings.length
    setWanted(next)
    const shown = findings[next]
    if (shown !== undefined) onShow(shown)
  }
  return (
    <section className="lint-strip" aria-label="Findings">
      {finding === undefined ? (
        <p className="small dim cut">{quietWords(report)}</p>
      ) : (
        <>
          <LintIcon severity={finding.severity} />
          <div className="lint-words" role="status">
            <p className="cut" title={finding.title}>
              <span className="dim">Line {finding.line} </span>
              {finding.title}
            </p>
            <p className="small dim cut" title={[finding.reason, finding.safer].filter(Boolean).join('\n')}>
              {lockInWords(finding) === null ? null : (
                <span className="st is-changed lock">{lockInWords(finding)}</span>
              )}
              {finding.safer === '' ? finding.reason : `Safer: ${finding.safer}`}
            </p>
          </div>
          {finding.fix === null ? null : (
            <Button size="small" tip={finding.fix.label} keys="Alt+Enter" onPress={() => onFix(finding)}>
              Apply fix
            </Button>
          )}
          {finding.switchOffAt === null ? null : (
            <Button
              size="small"
              variant="bare"
              tip={`Writes "-- lint: off ${finding.rule}:" above it, for you to write the reason`}
              onPress={() => onSwitchOff(finding)}
            >
              Switch off…
            </Button>
          )}
          {findings.length < 2 ? null : <Places at={at} count={findings.length} onGo={go} />}
        </>
      )}
    </section>
  )
}

function Places(props: {
  readonly at: number
  readonly count: number
  readonly onGo: (step: 1 | -1) => void
}): ReactNode {
  const { at, count, onGo } = props
  return (
    <>
      <span className="lint-place small dim">
        {at + 1} of {count}
      </span>
      <Button
        size="small"
        variant="bare"
        isIcon
        aria-label="Previous finding"
        tip="Previous finding"
        keys="Shift+F8"
        onPress={() => onGo(-1)}
      >
        <ChevronUp className="i" />
      </Button>
      <Button
        size="small"
        variant="bare"
        isIcon
        aria-label="Next finding"
        tip="Next finding"
        keys="F8"
        onPress={() => onGo(1)}
      >
        <ChevronDown className="i" />
      </Button>
    </>
  )
}

function quietWords(report: LintReport | null): string {
  if (report === null) return ''
  const { switchedOff, limit } = report
  const found =
    switchedOff === 0 ? 'No findings.' : `No findings; ${countOf(switchedOff, 'finding')} switched off with a reason.`
  return limit === null ? found : `${found} ${limit}`
}
