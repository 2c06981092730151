import { join } from 'node:path'

/** What the tokens of ssh_config(5) stand for. */
export interface Tokens {
  /** `%n`: the host as it was asked for. */
  readonly name: string
  /** `%h`: the host name it stands for. */
  readonly host: string
  /** `%p` */
  readonly port: number
  /** `%r`: the user on the other side. */
  readonly user: string
  /** `%d`, and `~` */
  readonly home: string
  /** `%u`: the user of this computer. */
  readonly localUser: string
}

const LETTERS: Readonly<Record<string, keyof Tokens>> = {
  n: 'name',
  h: 'host',
  p: 'port',
  r: 'user',
  d: 'home',
  u: 'localUser',
}

/** A word with its tokens filled in; null when it holds one that is not known, or an environment variable. */
export function fillTokens(word: string, tokens: Partial<Tokens>): string | null {
  if (word.includes('${')) return null
  let isKnown = true
  const filled = word.replace(/%(.?)/g, (_, letter: string) => {
    if (letter === '%') return '%'
    const name = Object.hasOwn(LETTERS, letter) ? LETTERS[letter] : undefined
    const value = name === undefined ? undefined : tokens[name]
    if (value === undefined) isKnown = false
    return String(value ?? '')
  })
  return isKnown ? filled : null
}

/** A path with `~` and tokens filled in; null when that is not possible. */
export function fillPath(word: string, tokens: Tokens): string | null {
  const filled = fillTokens(word, tokens)
  if (filled === null || (filled.startsWith('~') && filled !== '~' && !filled.startsWith('~/'))) return null
  return filled.startsWith('~') ? join(tokens.home, filled.slice(1)) : filled
}
