import { parseConnectionText } from '../../../../contract/connection-url'
import { FoundConnection } from './found-connection'

const MOST_LINES = 500
const BEGINS =
  /^(?:[$#>]\s+)?(?:export\s+)?(?:[A-Z_][A-Z0-9_]*=\S*\s+)*(?:\S*[/\\])?(?:psql|pgcli)(?:\.exe)?(?:\s|$)|^["']?(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?:\/\/|^[a-z_]+\s*=/i

/** The connections of a text: the whole of it as one, or else each line that is one. */
export function readPlainText(text: string): FoundConnection[] {
  const whole = new FoundConnection('the text', 1)
  if (parseConnectionText(text).ok) {
    whole.takeText(text, 1)
    return [whole]
  }
  const lines = text.replace(/\\\n\s*/g, (broken) => ' '.repeat(broken.length)).split('\n')
  const found = lines.slice(0, MOST_LINES).flatMap((raw, index) => {
    const line = raw.trim()
    if (!BEGINS.test(line)) return []
    const connection = new FoundConnection(`line ${index + 1}`, index + 1)
    connection.takeText(line, index + 1)
    return [connection]
  })
  if (found.length > 0) return found
  whole.takeText(text, 1)
  return [whole]
}
