import { readFileSync } from 'node:fs'
import { ProtocolViolation } from '../../../electron/engine/session/protocol-violation'
import { seededRandom } from '../../support/builders'
import { replay, replayWire } from '../../support/replayed-wire'
import { mutate, type Recording } from './wire-mutations'

/** Mutations of one seed. */
const PER_SEED = 5_000

const [file = '', seeds = '[]'] = process.argv.slice(2)
const kept: { from: 'client' | 'server'; bytes: string }[][] = JSON.parse(readFileSync(file, 'utf8'))
const recordings: Recording[] = kept.map((recording) =>
  recording.map(({ from, bytes }) => ({ from, bytes: Buffer.from(bytes, 'base64') })),
)
Error.stackTraceLimit = 4 // a hundred thousand of them are made
const uncaught: string[] = []
process.on('uncaughtException', (error) => uncaught.push(String(error)))
process.on('unhandledRejection', (error) => uncaught.push(String(error)))

for (const seed of JSON.parse(seeds) as number[]) {
  const random = seededRandom(seed)
  const found = { seed, mutations: 0, refused: 0, unnamed: 0, thrown: [] as string[], worstMs: 0 }
  for (let number = 0; number < PER_SEED; number += 1) {
    const spoken = mutate(recordings, random)
    const startedAt = performance.now()
    const wire = replayWire({ hasSink: random() < 0.7 })
    const thrown = replay(wire, spoken)
    found.worstMs = Math.max(found.worstMs, performance.now() - startedAt)
    found.mutations += 1
    const refusal = wire.heard.refusal()
    if (refusal !== null) found.refused += 1
    if (refusal instanceof ProtocolViolation && !/^(sent|closed|answered|asks) .{6,}/.test(refusal.message))
      found.unnamed += 1
    if (thrown !== null && found.thrown.length < 3) {
      found.thrown.push(`mutation ${number}: ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
    }
  }
  await new Promise((resolve) => setImmediate(resolve))
  process.stdout.write(`${JSON.stringify({ ...found, uncaught })}\n`)
}
