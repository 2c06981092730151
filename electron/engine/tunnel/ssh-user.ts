import { readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { SshUser } from './resolve-hops'
import { tunnelRefused } from './tunnel-failure'

/** No configuration is longer. */
const MAX_BYTES = 1024 * 1024

/** The user of this computer as SSH knows them: `~/.ssh`, the agent's socket, and the system's known hosts. */
export function sshUser(home: string = homedir(), environment: NodeJS.ProcessEnv = process.env): SshUser {
  const isWindows = process.platform === 'win32'
  const socket = environment.SSH_AUTH_SOCK
  return {
    home,
    name: userInfo().username,
    agentSocket: socket !== undefined && socket !== '' ? socket : isWindows ? '\\\\.\\pipe\\openssh-ssh-agent' : null,
    systemFolder: isWindows ? join(environment.ProgramData ?? 'C:\\ProgramData', 'ssh') : '/etc/ssh',
    config: { folder: join(home, '.ssh'), readFile, listFolder },
  }
}

function readFile(path: string): string | null {
  try {
    const { size, mode, uid } = statSync(path)
    if (size > MAX_BYTES || (mode & 0o170000) !== 0o100000) return null
    // As ssh: what others can write does not say where to connect.
    const isOurs = process.platform === 'win32' || ((uid === 0 || uid === process.getuid?.()) && (mode & 0o022) === 0)
    if (isOurs) return readFileSync(path, 'utf8')
  } catch {
    return null
  }
  throw tunnelRefused(`Other users of this computer can change ${path}, so that it is not read.`, {
    advice: `ssh would not read it either. Make it yours alone: chmod 600 ${path}`,
  })
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
