import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** The ways in which a secret may stand in a file: six encodings, base64 at each of its three alignments. */
export function spellingsOf(secret: string): ReadonlyMap<string, Buffer> {
  const bytes = Buffer.from(secret)
  const aligned = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    // The first and the last characters hold bits of what stands beside it.
    const from = shift === 0 ? 0 : shift + 1
    return text.slice(
      from,
      text.length - (((shift + bytes.length) % 3 === 0 ? 0 : 1) + (text.match(/=+$/)?.[0].length ?? 0)),
    )
  })
  return new Map([
    ['UTF-8', bytes],
    ['UTF-16', Buffer.from(secret, 'utf16le')],
    ...aligned.map((text, shift): [string, Buffer] => [`base64 at ${shift}`, Buffer.from(text)]),
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['HEX', Buffer.from(bytes.toString('hex').toUpperCase())],
    ['URL', Buffer.from(encodeURIComponent(secret))],
    ['JSON', Buffer.from(JSON.stringify(secret).slice(1, -1))],
  ])
}

/** A secret that is nowhere by chance, and is spelled differently in every encoding. */
export function aCanary(name: string): string {
  return `cn-${name}-${randomBytes(9).toString('hex')}"/&`
}

/** Which canaries stand in these bytes, and how each is spelled. */
export function canariesIn(bytes: Buffer, canaries: Readonly<Record<string, string>>): string[] {
  return Object.entries(canaries).flatMap(([name, secret]) =>
    [...spellingsOf(secret)].flatMap(([spelling, needle]) =>
      bytes.includes(needle) ? [`${name} as ${spelling}`] : [],
    ),
  )
}

/** Every file below a folder in which a canary stands, as `path: canary as encoding`; how many files were read is counted. */
export async function canaryFiles(
  folder: string,
  canaries: Readonly<Record<string, string>>,
): Promise<{ readonly found: readonly string[]; readonly files: number }> {
  const found: string[] = []
  let files = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path).catch(() => null)
    if (bytes === null) continue
    files += 1
    for (const each of canariesIn(bytes, canaries))
      found.push(`${relative(folder, path).replaceAll('\\', '/')}: ${each}`)
  }
  return { found, files }
}

/** A process and everything it has started, itself first: Linux only, empty elsewhere. */
export async function processTree(root: number): Promise<number[]> {
  const children = new Map<number, number[]>()
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const tree = [root]
  for (const pid of tree) tree.push(...(children.get(pid) ?? []))
  return tree
}

/** Words and environments of processes, as they stand now. */
export async function processWords(pids: readonly number[]): Promise<Buffer> {
  const parts = pids.flatMap((pid) => ['cmdline', 'environ', 'comm'].map((name) => `/proc/${pid}/${name}`))
  return Buffer.concat(await Promise.all(parts.map((path) => readFile(path).catch(() => Buffer.alloc(0)))))
}
