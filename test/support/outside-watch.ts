import childProcess from 'node:child_process'
import dns from 'node:dns'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

/** What a piece of work asked of the world outside: one line per call. */
export interface OutsideWatch {
  readonly calls: string[]
  stop(): void
}

type Functions = Record<string, unknown>

/** Notes every call that opens or looks at a file, resolves a name, opens a socket or starts a process, until it is stopped. The calls themselves go through. */
export function watchOutside(): OutsideWatch {
  const calls: string[] = []
  const restores: (() => void)[] = []
  const wrap = (owner: Functions, label: string, names: readonly string[]) => {
    for (const name of names) {
      const original = owner[name]
      if (typeof original !== 'function') throw new Error(`${label}.${name} is no function`)
      owner[name] = function (this: unknown, ...args: unknown[]) {
        calls.push(`${label}.${name} ${typeof args[0] === 'string' ? args[0] : ''}`.trim())
        return Reflect.apply(original, this, args) as unknown
      }
      restores.push(() => {
        owner[name] = original
      })
    }
  }
  const files = ['open', 'readFile', 'stat', 'lstat', 'access', 'readdir', 'readlink', 'realpath', 'writeFile']
  const sync = [...files, 'exists'].map((name) => `${name}Sync`)
  wrap(fs as unknown as Functions, 'fs', [...files, ...sync, 'createReadStream'])
  wrap(fs.promises as unknown as Functions, 'fs', files)
  wrap(net.Socket.prototype as unknown as Functions, 'socket', ['connect'])
  wrap(net as unknown as Functions, 'net', ['connect', 'createConnection'])
  wrap(dns as unknown as Functions, 'dns', ['lookup', 'resolve'])
  const processes = ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']
  wrap(childProcess as unknown as Functions, 'process', processes)
  syncBuiltinESMExports()
  return {
    calls,
    stop: () => {
      for (const restore of restores) restore()
      syncBuiltinESMExports()
    },
  }
}
