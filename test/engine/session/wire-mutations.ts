import type { Spoken } from '../../support/fault-proxy'

/** A recorded connection: what both sides said, in order. */
export type Recording = readonly Spoken[]

type Mutation = (bytes: Buffer, random: (below: number) => number, others: readonly Buffer[]) => Buffer

/** Where messages begin; an answer to a request for TLS is none. */
function messageStarts(bytes: Buffer): number[] {
  const starts: number[] = []
  for (let at = 0; at + 5 <= bytes.length; at += 1 + Math.max(4, bytes.readUInt32BE(at + 1))) starts.push(at)
  return starts
}

const splice = (bytes: Buffer, at: number, removed: number, added: Buffer) =>
  Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)])

const randomBytes = (random: (below: number) => number, length: number) =>
  Buffer.from(Array.from({ length }, () => random(256)))

/** A place in the length field of a message. */
function lengthField(bytes: Buffer, random: (below: number) => number): number | null {
  const starts = messageStarts(bytes)
  const start = starts[random(starts.length)]
  return start === undefined ? null : start + 1
}

const LENGTHS = [
  0, 1, 3, 4, 5, 6, 8, 12, 255, 30_001, 65_536, 1_048_577, 67_108_865, 268_435_457, 0x7fffffff, 0xffffffff,
]

const MUTATIONS: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const changed = Buffer.from(bytes)
    const at = random(bytes.length)
    changed[at] = (changed[at] ?? 0) ^ (1 << random(8))
    return changed
  },
  function setByte(bytes, random) {
    const changed = Buffer.from(bytes)
    changed[random(bytes.length)] = [0, 1, 127, 128, 255, random(256)][random(6)] ?? 0
    return changed
  },
  function insertBytes(bytes, random) {
    return splice(bytes, random(bytes.length + 1), 0, randomBytes(random, 1 + random(8)))
  },
  function deleteBytes(bytes, random) {
    return splice(bytes, random(bytes.length), 1 + random(8), Buffer.alloc(0))
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random(bytes.length))
  },
  function editLength(bytes, random) {
    const at = lengthField(bytes, random)
    if (at === null) return bytes
    const changed = Buffer.from(bytes)
    const near = changed.readUInt32BE(at) + random(9) - 4
    changed.writeUInt32BE((random(2) === 0 ? near : (LENGTHS[random(LENGTHS.length)] ?? 0)) >>> 0, at)
    return changed
  },
  function editCount(bytes, random) {
    const at = lengthField(bytes, random)
    if (at === null || at + 6 > bytes.length) return bytes
    const changed = Buffer.from(bytes)
    changed.writeUInt16BE([0, 1, 2, 1_665, 32_767, 32_768, 65_535][random(7)] ?? 0, at + 4)
    return changed
  },
  function editType(bytes, random) {
    const at = lengthField(bytes, random)
    if (at === null) return bytes
    const changed = Buffer.from(bytes)
    changed.write('RSKZCDTtENAGHWdcv123nsIV'[random(24)] ?? '!', at - 1, 'latin1')
    return changed
  },
  function dropMessage(bytes, random) {
    const starts = messageStarts(bytes)
    const number = random(starts.length)
    return splice(
      bytes,
      starts[number] ?? 0,
      (starts[number + 1] ?? bytes.length) - (starts[number] ?? 0),
      Buffer.alloc(0),
    )
  },
  function repeatMessage(bytes, random) {
    const starts = messageStarts(bytes)
    const number = random(starts.length)
    const message = bytes.subarray(starts[number] ?? 0, starts[number + 1] ?? bytes.length)
    return splice(bytes, starts[random(starts.length)] ?? 0, 0, message)
  },
  function takeFromAnother(bytes, random, others) {
    const other = others[random(others.length)] ?? bytes
    const starts = messageStarts(other)
    const number = random(starts.length)
    const message = other.subarray(starts[number] ?? 0, starts[number + 1] ?? other.length)
    const own = messageStarts(bytes)
    return splice(bytes, own[random(own.length)] ?? 0, 0, message)
  },
  function takeTheRestFromAnother(bytes, random, others) {
    const other = others[random(others.length)] ?? bytes
    return Buffer.concat([bytes.subarray(0, random(bytes.length)), other.subarray(random(other.length))])
  },
]

/** A recording in which the server's bytes were changed in one to three places and cut into other pieces. */
export function mutate(recordings: readonly Recording[], next: () => number): Recording {
  const random = (below: number) => Math.floor(next() * below)
  const recording = recordings[random(recordings.length)] ?? []
  const others = (recordings[random(recordings.length)] ?? [])
    .filter(({ from }) => from === 'server')
    .map(({ bytes }) => bytes)
  const places = recording.flatMap(({ from, bytes }, place) => (from === 'server' && bytes.length > 0 ? [place] : []))
  const changed = [...recording]
  for (let rest = 1 + random(3); rest > 0; rest -= 1) {
    const place = places[random(places.length)] ?? 0
    const bytes = changed[place]?.bytes ?? Buffer.alloc(0)
    const mutation = MUTATIONS[random(MUTATIONS.length)]
    if (bytes.length > 0 && mutation !== undefined) {
      changed[place] = { from: 'server', bytes: Buffer.from(mutation(bytes, random, others)) }
    }
  }
  return random(3) > 0 ? changed : changed.flatMap((one) => (one.from === 'client' ? [one] : pieces(one.bytes, random)))
}

function pieces(bytes: Buffer, random: (below: number) => number): Spoken[] {
  const cut: Spoken[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + random(200)
    cut.push({ from: 'server', bytes: bytes.subarray(at, end) })
    at = end
  }
  return cut
}
