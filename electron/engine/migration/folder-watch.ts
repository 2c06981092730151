import { type FSWatcher, watch } from 'node:fs'
import { lstat, readdir, stat, statfs } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** Milliseconds of quiet after which a change is told, and the longest that a busy folder keeps it back. */
const QUIET_MS = 60
const MOST_MS = 400
/** Milliseconds between two looks at whether the folder is still the same one, and at its files where watching is impossible. */
const LOOK_EVERY_MS = 500
/** A look takes at most this part of the time: a slow folder is looked at less often. */
const SHARE = 10
const LOOKS_AT_ONCE = 64

/** Linux file systems on which others may write without the kernel here being told (statfs(2)): NFS, SMB, CIFS, SMB2, FUSE, 9P, VirtualBox. */
const REMOTE: ReadonlySet<number> = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x01021997, 0x786f4256,
])

/** How a folder is watched; tests have folders that cannot be. */
export interface WatchMeans {
  readonly lookEveryMs: number
  readonly watch: (folder: string, listener: (event: string, file: string | null) => void) => FSWatcher
}

const MEANS: WatchMeans = { lookEveryMs: LOOK_EVERY_MS, watch }

/**
 * Tells when files of a folder were made, edited, renamed or removed, also when the folder itself was removed and made again. Where the
 * system cannot watch it, its files are looked at. Whoever made it must close it; it keeps no process alive.
 */
export class FolderWatch {
  readonly folder: string
  private readonly tell: () => void
  private readonly means: WatchMeans
  private watcher: FSWatcher | null = null
  /** The folder that is watched, as the file system knows it; null while there is none. */
  private identity: string | null = null
  private stamps: string | null = null
  private looking: NodeJS.Timeout | undefined
  private telling: NodeJS.Timeout | undefined
  private changedAt: number | null = null
  private isClosed = false

  constructor(folder: string, tell: () => void, means: WatchMeans = MEANS) {
    this.folder = folder
    this.tell = tell
    this.means = means
  }

  /** Resolves when every later change will be told. */
  async begin(): Promise<this> {
    await this.look(true)
    this.lookAgain(0)
    return this
  }

  /** Tells nothing any more and frees the system's watch. */
  close(): void {
    this.isClosed = true
    clearTimeout(this.looking)
    clearTimeout(this.telling)
    this.unwatch()
  }

  private lookAgain(tookMs: number): void {
    if (this.isClosed) return
    clearTimeout(this.looking)
    this.looking = setTimeout(
      async () => {
        const startedAt = performance.now()
        await this.look(false)
        this.lookAgain(performance.now() - startedAt)
      },
      Math.max(this.means.lookEveryMs, tookMs * SHARE),
    ).unref()
  }

  private async look(isFirst: boolean): Promise<void> {
    const identity = await identityOf(this.folder)
    if (this.isClosed) return
    const isSame = identity === this.identity
    if (!isSame) {
      this.identity = identity
      this.unwatch()
      if (identity !== null && !(await isRemote(this.folder)) && !this.isClosed) this.beginToWatch()
    }
    const stamps = this.watcher === null && identity !== null ? await stampsOf(this.folder) : null
    const isChanged = !isSame || stamps !== this.stamps
    this.stamps = stamps
    if (isChanged && !isFirst) this.noteChange()
  }

  private beginToWatch(): void {
    try {
      const watcher = this.means.watch(this.folder, (_, file) => this.heard(file))
      watcher.unref()
      // Out of watches, or the folder went away under it: the files are looked at instead.
      watcher.on('error', () => this.unwatch())
      this.watcher = watcher
    } catch {
      this.watcher = null
    }
  }

  private unwatch(): void {
    this.watcher?.close()
    this.watcher = null
  }

  private heard(file: string | null): void {
    if (file === null || file === basename(this.folder)) {
      // Perhaps the folder itself is gone: the watch would follow it to its grave.
      this.identity = ''
      this.noteChange()
    } else if (isOfInterest(file)) this.noteChange()
  }

  private noteChange(): void {
    if (this.isClosed) return
    const now = performance.now()
    this.changedAt ??= now
    clearTimeout(this.telling)
    this.telling = setTimeout(
      () => {
        this.changedAt = null
        this.tell()
      },
      Math.max(0, Math.min(QUIET_MS, this.changedAt + MOST_MS - now)),
    ).unref()
  }
}

/** Hidden files and copies that editors keep beside the file they write. */
function isOfInterest(file: string): boolean {
  return !file.startsWith('.') && !file.endsWith('~')
}

async function identityOf(folder: string): Promise<string | null> {
  try {
    // A file system gives the number of a removed folder to the next one: the time of birth tells them apart.
    const { dev, ino, birthtimeNs } = await stat(folder, { bigint: true })
    return `${dev} ${ino} ${birthtimeNs}`
  } catch {
    return null
  }
}

async function isRemote(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const kind = await statfs(folder).then(
    ({ type }) => type,
    () => 0,
  )
  return REMOTE.has(kind >>> 0)
}

/** Names, sizes and times of the files: another text whenever one of them was written. */
async function stampsOf(folder: string): Promise<string | null> {
  try {
    const names = (await readdir(folder)).filter(isOfInterest).sort()
    const stamps: string[] = []
    for (let at = 0; at < names.length; at += LOOKS_AT_ONCE) {
      stamps.push(...(await Promise.all(names.slice(at, at + LOOKS_AT_ONCE).map((name) => stampOf(folder, name)))))
    }
    return stamps.join('\n')
  } catch {
    return null
  }
}

async function stampOf(folder: string, name: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await lstat(join(folder, name), { bigint: true })
    return `${name} ${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch {
    return name
  }
}
