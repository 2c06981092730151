import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { serverFailure } from './server-failure'

/** The user and group `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = '65534'

/** How a program ended, with everything it wrote. */
export interface ProgramEnd {
  readonly code: number | null
  readonly output: string
}

interface Command {
  readonly file: string
  readonly parameters: readonly string[]
}

/**
 * The command that runs a PostgreSQL program: as ourselves, or as `nobody` when we are root on Linux.
 * There it keeps one capability, CAP_DAC_OVERRIDE, which lets it reach its folder below homes of mode 0700.
 */
export function asServerUser(file: string, parameters: readonly string[]): Command {
  if (process.getuid?.() !== 0) return { file, parameters }
  if (process.platform !== 'linux') {
    throw serverFailure('PostgreSQL refuses to run as root.', 'Start Strata as an ordinary user.')
  }
  if (!isInPath('setpriv')) {
    throw serverFailure(
      'PostgreSQL refuses to run as root, and setpriv, which starts it as another user, is not installed.',
      'Install it (on Debian and Ubuntu: apt-get install util-linux), or start Strata as an ordinary user.',
    )
  }
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
  const capabilities = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  return { file: 'setpriv', parameters: [...user, ...capabilities, file, ...parameters] }
}

/** Runs a program to its end; rejects only when it could not be started or was aborted. */
export function runProgram(
  command: Command,
  options: { readonly cwd?: string; readonly input?: string; readonly signal?: AbortSignal | undefined } = {},
): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = start(command, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    let output = ''
    const keep = (chunk: string): void => {
      output += chunk
    }
    // A character may come in two chunks.
    child.stdout?.setEncoding('utf8').on('data', keep)
    child.stderr?.setEncoding('utf8').on('data', keep)
    child.stdin?.on('error', () => {}) // a program that ends without reading its input
    child.stdin?.end(options.input ?? '')
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

/** Starts a program that outlives us, writing to an open file; resolves once it runs. */
export function startProgram(
  command: Command,
  options: { readonly cwd: string; readonly log: number },
): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = start(command, { cwd: options.cwd, stdio: ['ignore', options.log, options.log], detached: true })
    child.once('error', reject)
    child.once('spawn', () => {
      child.unref()
      resolve(child)
    })
  })
}

/** Nothing of the user's environment: PG* variables and locales would change what the server does. */
function start(command: Command, options: SpawnOptions): ChildProcess {
  const { PATH = '', SystemRoot } = process.env
  return spawn(command.file, [...command.parameters], {
    ...options,
    env: { PATH, LANG: 'C', LC_ALL: 'C', ...(SystemRoot === undefined ? {} : { SystemRoot }) },
    windowsHide: true,
  })
}

function isInPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return folder !== ''
    } catch {
      return false
    }
  })
}
