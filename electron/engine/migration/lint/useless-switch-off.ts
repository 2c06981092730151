import type { LintFinding } from '../../../../contract/lint'
import { lineColumnAt } from '../../../../contract/statement'
import { RULES } from './rules'
import type { SwitchOff } from './switch-off'

/** What is wrong with a switch-off comment; `fires` says whether its rule has something to say of its statement. */
export function uselessSwitchOff(text: string, one: SwitchOff, fires: boolean): readonly LintFinding[] {
  const known = RULES.some(({ id }) => id === one.rule)
  const says = (title: string, reason: string, safer: string): readonly LintFinding[] => [
    {
      rule: 'switch-off',
      severity: 'warning',
      from: one.from,
      to: one.to,
      line: lineColumnAt(text, one.from).line,
      title,
      locks: [],
      reason,
      safer,
      fix: null,
      switchOffAt: null,
    },
  ]
  const form = 'Write it as "-- lint: off rule: reason" on a line above the statement.'
  if (one.rule === '') return says('This comment switches nothing off', 'It names no rule.', form)
  if (!known) return says(`There is no rule "${one.rule}"`, 'So nothing is switched off.', form)
  if (one.statement === null) return says('This comment stands above no statement', 'So nothing is switched off.', form)
  if (one.reason === '') {
    return says(
      `"${one.rule}" is switched off without a reason`,
      'So it stays on: whoever reads this next needs to know why it is safe.',
      form,
    )
  }
  if (fires) return []
  return says(`"${one.rule}" says nothing of this statement`, 'The comment is not needed any more.', 'Remove the line.')
}
