import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Addresses on which a process listens for TCP, as /proc writes them: Linux only. */
export function listenersOf(pid: number): string[] {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? []
      } catch {
        return [] // closed meanwhile
      }
    }),
  )
  return ['tcp', 'tcp6'].flatMap((file) =>
    readFileSync(`/proc/${pid}/net/${file}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .flatMap((words) => (words[3] === LISTEN && own.has(words[9] ?? '') ? [words[1] ?? ''] : [])),
  )
}

const LISTEN = '0A'
