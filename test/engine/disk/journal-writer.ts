import { openJournal } from '../../../electron/engine/disk/journal'

// Runs in a process that its test kills: writes without end and reports what was acknowledged.
const [path = ''] = process.argv.slice(2)
const journal = await openJournal(path)
const numbers = journal.records as { number: number }[]
let number = numbers.at(-1)?.number ?? 0
let kept = numbers.slice(-20)
for (;;) {
  const batch = [1, 2, 3].map(() => {
    number += 1
    return { number, text: `${number} 🐘 `.repeat(number % 400) }
  })
  await Promise.all(batch.map((record) => journal.append(record)))
  kept = [...kept, ...batch].slice(-20)
  process.stdout.write(`${number}\n`)
  if (number % 7 === 0) await journal.compact(kept)
}
