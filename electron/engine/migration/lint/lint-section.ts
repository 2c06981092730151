import type { LintFinding, LintReport } from '../../../../contract/lint'
import { type LintOptions, lintScript } from './lint-script'
import { sectionFor } from './section'

/** What is dangerous in a migration file for one direction, also where another tool keeps both in it. */
export async function lintSection(text: string, fileName: string, options: LintOptions): Promise<LintReport> {
  const section = sectionFor(text, options.part, fileName)
  if (section === null) return { findings: [], switchedOff: 0, limit: 'Only SQL is checked.' }
  const { from, to, isTransactional, isForeign } = section
  const report = await lintScript(text.slice(from, to), {
    ...options,
    ...(isTransactional === null ? {} : { isTransactional }),
  })
  if (!isForeign) return report
  const linesBefore = text.slice(0, from).split('\n').length - 1
  const findings = report.findings.map(
    (finding): LintFinding => ({
      ...finding,
      from: finding.from + from,
      to: finding.to + from,
      line: finding.line + linesBefore,
      switchOffAt: finding.switchOffAt === null ? null : finding.switchOffAt + from,
      // Its edits would write our header into another tool's file.
      fix: null,
    }),
  )
  return { ...report, findings }
}
