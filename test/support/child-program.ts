import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { build } from 'vite'
import { leaveOut } from '../../scripts/bundle/leave-out.mjs'

/** Bundles a TypeScript file into `folder` so that plain Node can run it in a process of its own; gives the path to run. */
export async function bundleChild(entry: string, folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [leaveOut],
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      // ssh2 is CommonJS, which knows its folder.
      rollupOptions: { output: { entryFileNames: '[name].mjs', banner: 'const __dirname = import.meta.dirname' } },
    },
    ssr: { noExternal: true },
  })
  return `${folder}/${entry.replace(/^.*\//, '').replace(/\.ts$/, '')}.mjs`
}

/** A process that writes a line of JSON for everything it reports. */
export interface Child {
  readonly process: ChildProcess
  /** Lines so far, parsed. */
  readonly lines: readonly unknown[]
  /** Resolves with the next line not yet taken; rejects when the process ends first. */
  next(): Promise<unknown>
  /** Resolves once the process has ended and all it wrote was read. */
  readonly ended: Promise<void>
}

/** Starts Node, or a command in front of it, on a bundled program. */
export function startChild(program: string, parameters: readonly string[], before: readonly string[] = []): Child {
  const [file = process.execPath, ...rest] = [...before, process.execPath, program, ...parameters]
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: unknown[] = []
  const waiting: { resolve: (line: unknown) => void; reject: (error: Error) => void }[] = []
  let taken = 0
  let isOver = false
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => {
    lines.push(JSON.parse(line))
    const waiter = waiting.shift()
    if (waiter !== undefined) waiter.resolve(lines[taken++])
  })
  const ended = new Promise<void>((resolve) => {
    reader.once('close', () => {
      isOver = true
      for (const { reject } of waiting.splice(0)) reject(new Error('the child ended'))
      resolve()
    })
  })
  return {
    process: child,
    lines,
    ended,
    next: () =>
      new Promise((resolve, reject) => {
        if (taken < lines.length) resolve(lines[taken++])
        else if (isOver) reject(new Error('the child ended'))
        else waiting.push({ resolve, reject })
      }),
  }
}
