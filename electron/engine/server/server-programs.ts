import { lstat, readFile, symlink } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { runProgram } from './run-program'
import { serverFailure, systemFailure } from './server-failure'

/** The programs of one PostgreSQL version, ready to run. */
export interface ServerPrograms {
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
  /** Version of the programs, e.g. 18.4. */
  readonly version: string
}

/** The programs in the folder of an npm platform package, once its library links are in place. */
export async function findServerPrograms(binaries: string, signal?: AbortSignal): Promise<ServerPrograms> {
  await linkLibraries(binaries)
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const program = (name: string): string => join(binaries, 'bin', name + suffix)
  const postgres = program('postgres')
  return { initdb: program('initdb'), postgres, pgCtl: program('pg_ctl'), version: await versionOf(postgres, signal) }
}

/** Packages cannot hold links, so they list them in a file and make them when npm runs their install script. */
async function linkLibraries(binaries: string): Promise<void> {
  const list = await readFile(join(binaries, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = resolve(binaries, target.replace(/^native\//, ''))
    if (!link.startsWith(resolve(binaries) + sep)) continue
    const isThere = await lstat(link).then(
      () => true,
      () => false,
    )
    if (isThere) continue
    try {
      await symlink(basename(source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
      throw serverFailure(
        `The PostgreSQL programs lack the link ${link}, and it cannot be made there: ${(error as Error).message}.`,
        'Install Strata again, or make that folder writable once and start the local database again.',
        error,
      )
    }
  }
}

async function versionOf(postgres: string, signal: AbortSignal | undefined): Promise<string> {
  const end = await runProgram({ file: postgres, parameters: ['--version'] }, { signal }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw systemFailure('The PostgreSQL programs cannot be run', postgres, error)
  })
  const version = /\(PostgreSQL\) (\d[\w.]*)/.exec(end.output)?.[1]
  if (end.code === 0 && version !== undefined) return version
  throw serverFailure(
    `The PostgreSQL programs cannot be run: ${end.output.trim() || `exit code ${end.code}`}.\nProgram: ${postgres}`,
    'The PostgreSQL programs that come with Strata are incomplete. Install Strata again.',
  )
}
