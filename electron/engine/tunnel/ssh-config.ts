import { dirname, isAbsolute, join, relative } from 'node:path'
import { fitsPatterns } from './name-pattern'

/** What the configuration is read with: the caller's view of the disk. */
export interface ConfigReader {
  /** The folder `~/.ssh`, outside of which nothing is included. */
  readonly folder: string
  /** The text of a configuration file; null when there is none. */
  readonly readFile: (path: string) => string | null
  /** Names in a folder; none when there is no such folder. */
  readonly listFolder: (path: string) => readonly string[]
}

/** Where a word stands. */
export interface ConfigPlace {
  readonly keyword: string
  readonly file: string
  readonly line: number
}

/** What the configuration says about one host, as written: `~` and `%` tokens are not filled in. Null where it says nothing. */
export interface HostWords {
  readonly hostName: string | null
  readonly port: string | null
  readonly user: string | null
  readonly identityFiles: readonly string[]
  readonly identitiesOnly: string | null
  readonly identityAgent: string | null
  readonly proxyJump: string | null
  readonly userKnownHosts: readonly string[] | null
  readonly globalKnownHosts: readonly string[] | null
  readonly hostKeyAlias: string | null
  readonly strictHostKeyChecking: string | null
  /** A program that would make the connection; it is never run. */
  readonly proxyCommand: ConfigPlace | null
  /** Words that may concern the host and are not read. */
  readonly unread: readonly ConfigPlace[]
}

/** Words that hold one value, the first of which counts (ssh_config(5)). */
const SINGLE = [
  'hostname',
  'port',
  'user',
  'identitiesonly',
  'identityagent',
  'hostkeyalias',
  'stricthostkeychecking',
] as const
/** Words that hold several values in one line. */
const SEVERAL = ['userknownhostsfile', 'globalknownhostsfile'] as const

const MAX_DEPTH = 16
const MAX_FILES = 100

/** What `~/.ssh/config` says about a host, by the rules of ssh_config(5). Of `Match`, only `Match all` is read; no program is run. */
export function readHostWords(alias: string, reader: ConfigReader): HostWords {
  const found = new Map<string, readonly string[]>()
  const identityFiles: string[] = []
  const unread: ConfigPlace[] = []
  let proxy: { readonly jump: string } | { readonly command: ConfigPlace } | null = null
  let filesLeft = MAX_FILES

  const take = (keyword: string, values: readonly string[], place: ConfigPlace) => {
    const first = values[0]
    if (first === undefined) return
    if (keyword === 'identityfile') {
      if (!identityFiles.includes(first)) identityFiles.push(first)
    } else if (keyword === 'proxyjump') {
      proxy ??= { jump: first }
    } else if (keyword === 'proxycommand') {
      proxy ??= first.toLowerCase() === 'none' ? { jump: 'none' } : { command: place }
    } else if ([...SINGLE, ...SEVERAL].some((known) => known === keyword) && !found.has(keyword)) {
      found.set(keyword, values)
    }
  }

  const walk = (path: string, depth: number, isInside: boolean) => {
    const text = filesLeft > 0 ? reader.readFile(path) : null
    filesLeft -= 1
    if (text === null) return
    // A file that is included where nothing applies cannot make itself apply.
    let isActive = isInside
    text.split('\n').forEach((raw, index) => {
      const parsed = splitLine(raw)
      if (parsed === null) return
      const { keyword, values } = parsed
      const place: ConfigPlace = { keyword, file: path, line: index + 1 }
      if (keyword === 'host') isActive = isInside && fitsPatterns(alias, values)
      else if (keyword === 'match') {
        const isAll = values.length === 1 && values[0]?.toLowerCase() === 'all'
        isActive = isInside && isAll
        if (isInside && !isAll) unread.push({ ...place, keyword: 'Match' })
      } else if (keyword === 'include') {
        for (const pattern of values) {
          const files = depth < MAX_DEPTH ? includedFiles(pattern, reader) : null
          if (files === null) {
            if (isActive) unread.push({ ...place, keyword: 'Include' })
          } else for (const file of files) walk(file, depth + 1, isActive)
        }
      } else if (isActive) take(keyword, values, place)
    })
  }
  walk(join(reader.folder, 'config'), 0, true)

  const single = (keyword: (typeof SINGLE)[number]) => found.get(keyword)?.[0] ?? null
  const decided = proxy as { readonly jump?: string; readonly command?: ConfigPlace } | null // set by `take`, which the compiler cannot follow
  return {
    hostName: single('hostname'),
    port: single('port'),
    user: single('user'),
    identityFiles,
    identitiesOnly: single('identitiesonly'),
    identityAgent: single('identityagent'),
    proxyJump: decided?.jump === undefined || decided.jump.toLowerCase() === 'none' ? null : decided.jump,
    userKnownHosts: found.get('userknownhostsfile') ?? null,
    globalKnownHosts: found.get('globalknownhostsfile') ?? null,
    hostKeyAlias: single('hostkeyalias'),
    strictHostKeyChecking: single('stricthostkeychecking'),
    proxyCommand: decided?.command ?? null,
    unread,
  }
}

/** A line's keyword in small letters and its words; null for a comment, and for a line that is none. */
function splitLine(raw: string): { readonly keyword: string; readonly values: string[] } | null {
  const line = raw.trim()
  const head = /^([A-Za-z]+)(?:[ \t]*=[ \t]*|[ \t]+)(.*)$/.exec(line)
  if (line.startsWith('#') || head === null) return null
  const keyword = (head[1] ?? '').toLowerCase()
  return { keyword, values: splitWords(head[2] ?? '') }
}

/** Words parted by blanks; quotes keep blanks together, and a word that begins with `#` begins a comment. */
function splitWords(text: string): string[] {
  const words: string[] = []
  let word: string | null = null
  let quote: string | null = null
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] as string
    const next = text[at + 1]
    if (letter === '\\' && (next === '"' || next === "'" || next === '\\' || (quote === null && next === ' '))) {
      word = (word ?? '') + next
      at += 1
    } else if (quote !== null) {
      if (letter === quote) quote = null
      else word = (word ?? '') + letter
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ''
    } else if (letter === ' ' || letter === '\t') {
      if (word !== null) words.push(word)
      word = null
    } else if (letter === '#' && word === null) {
      return words
    } else word = (word ?? '') + letter
  }
  if (word !== null) words.push(word)
  return words
}

/** The files that `Include` names, in order; null for what is not within `~/.ssh`. */
function includedFiles(pattern: string, reader: ConfigReader): string[] | null {
  const home = dirname(reader.folder)
  const whole = pattern.startsWith('~/') ? join(home, pattern.slice(2)) : pattern
  const path = isAbsolute(whole) ? join(whole) : join(reader.folder, whole)
  const inside = relative(reader.folder, path)
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) return null
  let places = [reader.folder]
  for (const part of inside.split(/[\\/]/)) {
    places = /[*?]/.test(part)
      ? places.flatMap((folder) =>
          reader
            .listFolder(folder)
            .filter((name) => !name.startsWith('.') && fitsPatterns(name, [part]))
            .sort()
            .map((name) => join(folder, name)),
        )
      : places.map((folder) => join(folder, part))
  }
  return places
}
