import { type MigrationFile, readFolder } from '../../migration-folder'
import { readScript, type Script, type ScriptOptions } from '../../migration-script'
import { type ForeignContents, grouped } from '../foreign-contents'

/** `1_x.up.sql` without its ending: the version and the words. */
const NAME = /^(\d+)_/

/** Reads a folder of golang-migrate, whose files are pairs like ours. */
export async function readGolangMigrateFolder(
  folder: string,
  _files: readonly string[],
  options: ScriptOptions,
): Promise<ForeignContents> {
  const contents = await readFolder(folder, options)
  const versions = grouped(contents.migrations, ({ name }) => versionOf(name))
  const migrations = contents.migrations.map((file) => {
    const twins = versions.get(versionOf(file.name) ?? '') ?? []
    if (versionOf(file.name) === null) {
      return {
        ...file,
        problem: `${file.name}: golang-migrate passes over a name without a version and an underscore.`,
      }
    }
    if (twins.length > 1) {
      return { ...file, problem: `${twins.map(({ name }) => name).join(' and ')} share a version. Rename one.` }
    }
    return asTheToolRuns(file, options)
  })
  const numbered = migrations.flatMap(({ name }) => {
    const version = versionOf(name)
    return version === null ? [] : [[name, version] as const]
  })
  return { ...contents, tool: 'golang-migrate', migrations, keys: new Map(numbered) }
}

/** The version of a name as its table holds it; null when it has none. */
export function versionOf(name: string): string | null {
  const digits = NAME.exec(name)?.[1]
  return digits === undefined ? null : String(BigInt(digits))
}

function asTheToolRuns(file: MigrationFile, options: ScriptOptions): MigrationFile {
  const up = file.up === null ? null : alone(file.up, 'up', options)
  const down = file.down === null ? null : alone(file.down, 'down', options)
  const isEmpty = down !== null && down.problem === null && down.statements.length === 0
  return {
    ...file,
    up,
    down,
    ...(isEmpty ? { rollbackNote: `${file.downFile} is empty: nothing is undone, only the version moves.` } : {}),
  }
}

/** golang-migrate opens no transaction itself: a statement that allows none runs as long as it is alone in its file. */
function alone(script: Script, part: 'up' | 'down', options: ScriptOptions): Script {
  if (script.problem === null || script.statements.length !== 1) return script
  const header = { ...script.header, isTransactional: false }
  const outside = readScript(script.file, script.text, part, options, { header, problems: [] })
  return outside.problem === null ? outside : script
}
