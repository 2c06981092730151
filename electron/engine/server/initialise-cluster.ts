import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder, writeAtomically } from '../disk/atomic-write'
import { COMPLETE_MARK, type ServerFiles, stateOfData, unfinishedFolder } from './local-server-files'
import { asServerUser, type ProgramEnd, runProgram } from './run-program'
import { programFailure } from './server-failure'
import type { ServerPrograms } from './server-programs'

/** The superuser of the local server, and the database it opens. */
export const LOCAL_ROLE = 'postgres'
/** The database a user of the local server finds. */
export const LOCAL_DATABASE = 'strata'

/**
 * Makes a data folder with an empty database. It gets its name when it is whole, so a crash
 * leaves only a folder that is known to be unfinished. Finds another process's cluster as good as its own.
 */
export async function initialiseCluster(
  programs: ServerPrograms,
  files: ServerFiles,
  signal: AbortSignal,
): Promise<void> {
  const folder = unfinishedFolder(files)
  const run = async (program: string, parameters: readonly string[], input = ''): Promise<void> => {
    const end = await runProgram(asServerUser(program, parameters), { cwd: files.folder, input, signal })
    if (end.code !== 0) throw failed(end, files)
  }
  try {
    await run(programs.initdb, [
      ...['-D', folder, '-U', LOCAL_ROLE, '--auth=scram-sha-256', `--pwfile=${files.password}`],
      // The same order and case rules on every system. Source: PostgreSQL documentation, "Locale Providers".
      ...['-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
      ...['--data-checksums', '--no-instructions'],
    ])
    const singleUser = ['--single', '-D', folder, '-c', 'exit_on_error=on', '-c', 'log_checkpoints=off']
    await run(programs.postgres, [...singleUser, 'template1'], `CREATE DATABASE ${LOCAL_DATABASE};\n`)
    await writeAtomically(join(folder, COMPLETE_MARK), `PostgreSQL ${programs.version}\n`)
    await syncFolder(folder)
    await rename(folder, files.data)
    await syncFolder(files.folder)
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => {})
    if ((await stateOfData(files.data)) !== 'complete') throw error
  }
}

function failed(end: ProgramEnd, files: ServerFiles): Error {
  return programFailure('The local database could not be made', files.folder, end.output)
}
