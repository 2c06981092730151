import type { EngineContract } from '../../contract/contract'
import type { InputOf } from '../../contract/define'
import type { LintReport } from '../../contract/lint'
import type { Connector } from './connector'

/** What is dangerous in a migration file; without a session that answers, nothing is known of the tables' sizes and types. */
export async function lintFile(
  connector: Connector,
  { profileId, file, fileName, text }: InputOf<EngineContract, 'migration.lint'>,
): Promise<LintReport> {
  // Rules and grammar are for those who write migrations: the engine starts without them.
  const [{ lintSection }, { readFacts }] = await Promise.all([
    import('./migration/lint/lint-section'),
    import('./migration/lint/facts'),
  ])
  const session = connector.presentCatalogSession(profileId)
  return lintSection(text, fileName, {
    part: file,
    hasStandardStrings: session?.hasStandardStrings ?? true,
    readFacts: async (relations, functions) =>
      readFacts(session ?? (await connector.catalogSession(profileId)), relations, functions),
  })
}
