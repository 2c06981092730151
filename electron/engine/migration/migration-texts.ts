import type { EngineContract } from '../../../contract/contract'
import type { InputOf } from '../../../contract/define'
import type { MigrationTexts } from '../../../contract/migration'
import type { MigrationChange } from '../../../contract/migration-change'
import type { ConversionInput, ConversionPlan } from '../../../contract/migration-conversion'
import type { ProfileId } from '../../../contract/profile'
import { refusal } from '../failure-error'
import type { Session } from '../session/session'
import { acceptChange } from './accept-change'
import { compareFiles } from './compare-files'
import { convertFolder, describeConversion } from './foreign/convert/convert-folder'
import { isForeign, namesIn } from './foreign/foreign-contents'
import { createForeign } from './foreign/new-file'
import { ledgerOf, openFolder } from './ledger/open-folder'
import { strataLedger } from './ledger/strata-ledger'
import { createPair, hasPair, readPair, restoreScript, writeScript } from './migration-files'
import { downFileOf, upFileOf } from './migration-name'

/** What the texts of migrations need from the rest of the engine. */
export interface TextOptions {
  /** A session of one deed's own; it is ended behind it. */
  readonly openSession: (profileId: ProfileId, applicationName: string) => Promise<Session>
  readonly catalogSession: (profileId: ProfileId) => Promise<Session>
  readonly folderOf: (profileId: ProfileId) => Promise<string | null>
  /** Files or history changed. */
  readonly announceChanged: (profileId: ProfileId) => void
  readonly isRunning: (profileId: ProfileId) => boolean
  /** Shown to others in `pg_stat_activity`. */
  readonly applicationName: string
  readonly appVersion: string
}

/** The files of migrations, and what the history keeps of their texts. */
export interface TextDeeds {
  create(input: InputOf<EngineContract, 'migration.create'>): Promise<MigrationTexts>
  conversion(profileId: ProfileId): Promise<ConversionPlan>
  /** Answers with the new folder. */
  convert(input: ConversionInput): Promise<string>
  read(input: InputOf<EngineContract, 'migration.read'>): Promise<MigrationTexts>
  write(input: InputOf<EngineContract, 'migration.write'>): Promise<null>
  /** What became of a migration's files since it was applied; null when it is not in the history. */
  compare(profileId: ProfileId, name: string): Promise<MigrationChange | null>
  accept(input: InputOf<EngineContract, 'migration.accept'>): Promise<null>
  restore(input: InputOf<EngineContract, 'migration.restore'>): Promise<null>
}

/** The folder that was chosen for a profile; refused when there is none. */
export async function folderOrRefuse(
  { folderOf }: Pick<TextOptions, 'folderOf'>,
  profileId: ProfileId,
): Promise<string> {
  const folder = await folderOf(profileId)
  if (folder === null) throw refusal('folder', 'No migration folder is chosen for this connection. Choose one first.')
  return folder
}

/** Reads and writes the texts of migrations. */
export function textDeeds(options: TextOptions): TextDeeds {
  const keptTexts = async (profileId: ProfileId, folder: string | null, name: string) => {
    const session = await options.catalogSession(profileId)
    const ledger = await ledgerOf(folder, session)
    return (await ledger.readHistory(session)).exists ? ledger.readKeptTexts(session, name) : null
  }

  return {
    async create({ profileId, title, texts }) {
      const folder = await folderOrRefuse(options, profileId)
      const opened = await openFolder(folder, await options.catalogSession(profileId))
      const foreign = isForeign(opened.contents) ? opened.contents : null
      const pair =
        foreign === null
          ? await createPair(folder, title, new Date(), texts)
          : await createForeign(foreign, title, new Date(), texts)
      options.announceChanged(profileId)
      return pair
    },
    async conversion(profileId) {
      return describeConversion(await folderOrRefuse(options, profileId), await options.catalogSession(profileId))
    },
    async convert({ profileId, ...input }) {
      const folder = await folderOrRefuse(options, profileId)
      if (options.isRunning(profileId))
        throw refusal('profileId', 'A run is in progress. Convert the folder when it is done.')
      const session = await options.openSession(profileId, options.applicationName)
      try {
        return await convertFolder(folder, input, session, options.appVersion)
      } finally {
        await session.end()
      }
    },
    async read({ profileId, name }) {
      const folder = await options.folderOf(profileId)
      const pair =
        folder === null
          ? { name, upFile: upFileOf(name), up: null, downFile: downFileOf(name), down: null }
          : await readPair(folder, name)
      if (pair.up !== null) return pair
      const { contents } = await openFolder(folder, await options.catalogSession(profileId))
      if (isForeign(contents)) {
        const names = namesIn(contents, name)
        if (names === null)
          throw refusal('name', `There is no file of "${name}", and ${contents.tool} keeps no text of it.`)
        return readPair(contents.folder, name, names)
      }
      const kept = await keptTexts(profileId, folder, name)
      if (kept === null && pair.down === null)
        throw refusal('name', `There is no migration "${name}". Refresh the list.`)
      return { ...pair, up: kept?.up ?? null, down: pair.down ?? kept?.down ?? null }
    },
    async write({ profileId, ...input }) {
      const folder = await folderOrRefuse(options, profileId)
      const { contents } = (await hasPair(folder, input.name))
        ? { contents: null }
        : await openFolder(folder, await options.catalogSession(profileId))
      const names = isForeign(contents) ? namesIn(contents, input.name) : null
      await writeScript(folder, input, ...(names === null ? [] : [names]))
      options.announceChanged(profileId)
      return null
    },
    async compare(profileId, name) {
      const folder = await folderOrRefuse(options, profileId)
      const kept = await keptTexts(profileId, folder, name)
      return kept === null ? null : compareFiles(await readPair(folder, name), kept)
    },
    async accept({ profileId, name, checksum }) {
      const folder = await folderOrRefuse(options, profileId)
      const pair = await readPair(folder, name)
      const session = await options.openSession(profileId, options.applicationName)
      try {
        const { tool } = await ledgerOf(folder, session)
        if (tool !== strataLedger.tool) throw refusal('name', `${tool} keeps no texts: there is nothing to accept.`)
        await acceptChange(session, pair, checksum)
      } finally {
        await session.end()
      }
      options.announceChanged(profileId)
      return null
    },
    async restore({ profileId, ...input }) {
      const folder = await folderOrRefuse(options, profileId)
      const kept = await keptTexts(profileId, folder, input.name)
      await restoreScript(folder, { ...input, text: kept?.[input.file] ?? null })
      options.announceChanged(profileId)
      return null
    },
  }
}
