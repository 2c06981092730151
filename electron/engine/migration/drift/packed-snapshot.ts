import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { type Snapshot, type SnapshotObject, snapshotOf } from '../snapshot/read-snapshot'

/** A snapshot as a text of a few bytes per object; addresses are left out, because a restored database has others. */
export async function packSnapshot({ objects }: Snapshot): Promise<string> {
  const rows = [...objects.values()].map(({ kind, identity, parent, properties }) => [
    kind,
    identity,
    parent,
    properties,
  ])
  return (await promisify(gzip)(JSON.stringify(rows))).toString('base64')
}

/** The snapshot of a packed text; null when it is none. */
export async function unpackSnapshot(text: string): Promise<Snapshot | null> {
  try {
    const rows: unknown = JSON.parse((await promisify(gunzip)(Buffer.from(text, 'base64'))).toString())
    if (!Array.isArray(rows)) return null
    const objects = rows.map((row) => {
      const [kind, identity, parent, properties] = row as [string, string, string | null, SnapshotObject['properties']]
      return { kind, identity, parent, address: null, properties }
    })
    return snapshotOf(objects)
  } catch {
    return null // written by something else: there is nothing to compare with then
  }
}
