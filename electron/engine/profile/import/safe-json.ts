import { refusal } from '../../failure-error'

const MAX_DEPTH = 40

/** A JSON value that is only ever looked into through the functions beside it: own keys alone, each with its type checked. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The object of a JSON text; refused for deep nesting, for another JSON value and for what is no JSON. */
export function parseJson(text: string): JsonObject {
  refuseDeepText(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw refusal('file', 'It begins like JSON, but it is cut off or not valid JSON.')
  }
  if (!isObject(value)) throw refusal('file', 'It is JSON, but not a file of connections.')
  return value
}

/** True for a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object under an own key; an empty one when there is none. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(object, key) ? object[key] : undefined
  return isObject(value) ? value : {}
}

/** The text or number under an own key as text; null for anything else. */
export function textAt(object: JsonObject, key: string): string | null {
  const value = Object.hasOwn(object, key) ? object[key] : undefined
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
}

/** Whether the value under an own key is true, as JSON or as other tools write it. */
export function isTrueAt(object: JsonObject, key: string): boolean {
  const value = Object.hasOwn(object, key) ? object[key] : undefined
  return value === true || value === 1 || value === 'true' || value === '1'
}

/** The line on which a quoted text first stands behind an index; null when it is not found. */
export function lineOfKey(text: string, key: string): number | null {
  const at = text.indexOf(`${JSON.stringify(key)}`)
  return at < 0 ? null : text.slice(0, at).split('\n').length
}

function refuseDeepText(text: string): void {
  let depth = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (isQuoted) {
      if (character === '\\') at += 1
      else if (character === '"') isQuoted = false
    } else if (character === '"') isQuoted = true
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    if (depth > MAX_DEPTH) throw refusal('file', 'The JSON is nested too deeply to be read.')
  }
}
