import { writeAtomically } from '../../../electron/engine/disk/atomic-write'

// Runs in a process that its test kills: replaces one file without end and reports what was written.
const [path = '', first = '0'] = process.argv.slice(2)
for (let number = Number(first) + 1; ; number += 1) {
  const text = JSON.stringify({ number, filler: 'x'.repeat((number * 7919) % 300_000) })
  await writeAtomically(path, text, { copies: 3 })
  process.stdout.write(`${number}\n`)
}
