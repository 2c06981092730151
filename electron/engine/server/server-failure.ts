import { FailureError } from '../failure-error'

/** A failure of the local server: what happened and where, and what to do next. */
export function serverFailure(message: string, advice: string, cause?: unknown): FailureError {
  return new FailureError({ kind: 'connection', reason: 'rejected', message, advice }, { cause })
}

/** A failure for an error of the file system or of starting a program, with the cause in words. */
export function systemFailure(happened: string, folder: string, error: unknown): FailureError {
  if (error instanceof FailureError) return error
  const text = error instanceof Error ? error.message : String(error)
  return serverFailure(`${happened}: ${causeOf(text)}.\nFolder: ${folder}`, adviceFor(text, folder), error)
}

/** A failure for a program that ended with an error, with the last lines it wrote. */
export function programFailure(happened: string, folder: string, output: string): FailureError {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const cause =
    lines.findLast((line) => /\b(?:FATAL|PANIC|error|ERROR):/.test(line)) ?? lines.at(-1) ?? 'it wrote nothing'
  const tail = lines.slice(-12).join('\n')
  const message = `${happened}: ${causeOf(cause)}.\nFolder: ${folder}\nThe log ends with:\n${tail}`
  return serverFailure(message, adviceFor(output, folder))
}

/** The part of a line after its time stamp, process id and severity. */
function causeOf(line: string): string {
  const text = line.replace(/^.*?\b(?:FATAL|PANIC|ERROR|error):\s*/, '').trim()
  return text.replace(/\.$/, '')
}

const ADVICE: readonly (readonly [RegExp, (folder: string) => string])[] = [
  [
    /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT/i,
    (folder) => `Free space on the disk that holds ${folder}, then start it again. Nothing was deleted.`,
  ],
  [
    /Read-only file system|EROFS/i,
    (folder) => `${folder} is on a file system that is mounted read-only. Mount it for writing, then start it again.`,
  ],
  [/administrative permissions/i, () => 'Start Strata without "Run as administrator".'],
  [
    /Permission denied|EACCES|EPERM|wrong ownership|invalid permissions/i,
    (folder) => `Give your user ownership of ${folder} and everything in it (mode 0700), then start it again.`,
  ],
  [
    /error while loading shared libraries|Library not loaded|cannot open shared object/i,
    () => 'The PostgreSQL programs that come with Strata are incomplete. Install Strata again.',
  ],
  [
    /could not create shared memory|could not map anonymous shared memory|Cannot allocate memory|ENOMEM/i,
    () => 'The computer is short of memory. End other programs, then start it again.',
  ],
  [
    /could not locate a valid checkpoint|invalid checkpoint|PANIC:/i,
    (folder) => `The data may be damaged. Make a copy of ${folder} before anything else; nothing was deleted.`,
  ],
  [/ENOTDIR|EEXIST|Not a directory/i, (folder) => `A file is in the way. Move it, so that ${folder} can be a folder.`],
]

function adviceFor(text: string, folder: string): string {
  const known = ADVICE.find(([pattern]) => pattern.test(text))
  return known === undefined
    ? `Read server.log in ${folder}, then start it again. Nothing was deleted.`
    : known[1](folder)
}
