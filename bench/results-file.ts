import { readFile, writeFile } from 'node:fs/promises'

/**
 * Puts one benchmark's text into the file of results and leaves the others' as they are: the head, which begins with the title, or
 * a section, which begins with its own `## ` heading.
 */
export async function writeResults(file: string, text: string): Promise<void> {
  const [head = '', ...sections] = (await readFile(file, 'utf8').catch(() => '')).split(/^(?=## )/m)
  const [title = ''] = text.split('\n', 1)
  const isHead = !title.startsWith('## ')
  const kept = sections.filter((section) => isHead || !section.startsWith(`${title}\n`))
  const all = isHead ? [text, ...kept] : [head, ...kept, text]
  await writeFile(file, `${all.map((part) => part.trim()).join('\n\n')}\n`)
}
