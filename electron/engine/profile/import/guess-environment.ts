import type { Environment } from '../../../../contract/profile'

const WORDS: readonly (readonly [Environment, ReadonlySet<string>])[] = [
  ['production', new Set(['prod', 'prods', 'prd', 'production', 'live', 'master'])],
  ['staging', new Set(['stag', 'stage', 'staging', 'stg', 'uat', 'preprod'])],
  ['staging', new Set(['qa', 'test', 'testing', 'integration'])],
  ['development', new Set(['dev', 'devel', 'develop', 'development', 'sandbox'])],
]

/**
 * What a connection is probably for, by the words in its names and host: the most dangerous one that is named. Without a word it is
 * `local` on this computer alone, and never through a tunnel; elsewhere it is `development`.
 */
export function guessEnvironment(texts: readonly string[], isLocal: boolean): Environment {
  const words = new Set(texts.flatMap((text) => text.toLowerCase().split(/[^a-z]+/)))
  for (const [environment, names] of WORDS) {
    if ([...words].some((word) => names.has(word)) && !(isLocal && isUsualHere(names))) return environment
  }
  return isLocal ? 'local' : 'development'
}

/** True for words that a database on one's own computer has in its name as well. */
function isUsualHere(names: ReadonlySet<string>): boolean {
  return names.has('dev') || names.has('test')
}
