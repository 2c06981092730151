import { readFile } from 'node:fs/promises'
import { inRoot } from '../prepare/places.mjs'
import { capture } from '../prepare/processes.mjs'

/** Words that tie the checkout to one machine or one network. */
const UNWANTED = {
  'a path of one machine': /(?<![\w.~-])(?:\/(?:work|root)\/|\/(?:home|Users)\/\w+\/|[A-Z]:\\Users\\)/,
  'the host of a registry': /(?:registry\.npmjs|registry\.yarnpkg|deb\.debian|archive\.ubuntu)\.\w/,
}

/**
 * Every line of the checkout's own text files that names a machine's path or a registry's host, as `file:line what`.
 * @returns {Promise<string[]>}
 */
export async function checkTexts() {
  const listed = await capture(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: inRoot(),
  })
  const files = [...new Set(listed.stdout.split('\0'))].filter(Boolean)
  if (listed.code !== 0 || files.length === 0) return ['git lists no files here, so none was looked at']
  const found = await Promise.all(files.map(async (file) => problemsOf(file, await textOf(file))))
  return found.flat()
}

/** @param {string} file */
async function textOf(file) {
  // A file may be listed and deleted; a NUL marks what is no text.
  const text = await readFile(inRoot(file), 'utf8').catch(() => '')
  return text.includes('\0') ? '' : text
}

/**
 * @param {string} file
 * @param {string} text
 * @returns {string[]}
 */
export function problemsOf(file, text) {
  return text
    .split('\n')
    .flatMap((line, index) =>
      Object.entries(UNWANTED).flatMap(([what, pattern]) =>
        pattern.test(line) ? [`${file}:${index + 1} ${what}`] : [],
      ),
    )
}
