import type { RequestEntry, StreamEntry } from '../../../contract/define'
import type { Failure } from '../../../contract/failure'
import { FailureError } from '../failure-error'

/** The input as its schema parsed it; throws `refused` when it is too large or of another shape. */
export function parseInput(entry: RequestEntry | StreamEntry, input: unknown): unknown {
  if (!isWithin(input, entry.maxUnits))
    throw new FailureError(refused([{ path: '', message: 'The input is too large.' }]))
  const parsed = entry.input.safeParse(input)
  if (parsed.success) return parsed.data
  // The values are not repeated: they may be secrets.
  const issues = parsed.error.issues.slice(0, 10).map((issue) => ({
    path: issue.path.join('.'),
    message: `${issue.path.join('.') || 'The input'}: ${issue.message}`,
  }))
  throw new FailureError(refused(issues.length > 0 ? issues : [{ path: '', message: 'The input is malformed.' }]))
}

function refused(issues: Extract<Failure, { kind: 'refused' }>['issues']): Failure {
  return { kind: 'refused', issues }
}

const MAX_DEPTH = 12

/** Whether the text in a value stays within a limit of UTF-16 units; other values count 16 each, nested too deep counts as too large. */
function isWithin(value: unknown, limit: number): boolean {
  let left = limit
  const walk = (item: unknown, depth: number): boolean => {
    if (depth > MAX_DEPTH) return false
    if (typeof item === 'string') left -= item.length
    else if (ArrayBuffer.isView(item)) left -= item.byteLength
    else {
      left -= 16
      if (typeof item === 'object' && item !== null) {
        for (const [key, inner] of Object.entries(item)) {
          left -= key.length
          if (left < 0 || !walk(inner, depth + 1)) return false
        }
      }
    }
    return left >= 0
  }
  return walk(value, 0)
}
