import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ELECTRON = join(import.meta.dirname, '../../../electron')

/** Lines of our sources that hold one of these, each as `file: line`. */
async function linesWith(pattern: RegExp): Promise<string[]> {
  const entries = await readdir(ELECTRON, { recursive: true })
  const files = entries.filter((entry) => entry.endsWith('.ts')).sort()
  const found = await Promise.all(
    files.map(async (file) => {
      const lines = (await readFile(join(ELECTRON, file), 'utf8')).split('\n')
      return lines.filter((line) => pattern.test(line)).map((line) => `${file.replaceAll('\\', '/')}: ${line.trim()}`)
    }),
  )
  return found.flat()
}

describe('the driver', () => {
  it('is made in one place, over a stream of ours, and is never given TLS or a connection string', async () => {
    const made = await linesWith(/\bpg\.(Client|Pool|native)\b|\bnew (Client|Pool)\(|connectionString|query_timeout/)
    const tls = (await linesWith(/\bssl:/)).filter((line) => line.startsWith('engine/session/connect.ts'))
    const streams = await linesWith(/\bstream: \(\) =>/)

    expect(made).toEqual(['engine/session/connect.ts: const client = new pg.Client({'])
    expect(tls).toEqual(['engine/session/connect.ts: ssl: false,'])
    expect(streams.map((line) => line.split(':')[0])).toEqual(['engine/session/connect.ts'])
  })
})
