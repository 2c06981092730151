import type { MigrationFile } from '../../migration-folder'
import { compareNames, slugOf, timestampOf } from '../../migration-name'

/** Native names for migrations in a tool's order: their own where ours sort the same way, else new ones that keep the order. */
export function nativeNames(
  files: readonly MigrationFile[],
  titleOf: (file: MigrationFile) => string,
): readonly string[] {
  const own = files.map(({ name }) => name)
  if (own.every((name, index) => isNative(name) && (index === 0 || compareNames(own[index - 1] ?? '', name) < 0)))
    return own
  let last = -1n
  return files.map((file) => {
    const wanted = prefixOf(file.name)
    last = wanted > last ? wanted : last + 1n
    return `${String(last).padStart(14, '0')}_${slugOf(titleOf(file))}`
  })
}

/** A name with a version, an underscore and words, as ours and those of dbmate and golang-migrate are. */
function isNative(name: string): boolean {
  return /^\d+_[^-]+$/.test(name) && !/^\d{8}_\d{2,}_/.test(name) && !/^\d{13}_/.test(name)
}

/** A timestamp for the number a name begins with: a date and a number, milliseconds, a date of 17 digits, or an index. */
function prefixOf(name: string): bigint {
  const yoyo = /(\d{8})_(\d{2,6})_/.exec(name)
  if (yoyo !== null) return BigInt(`${yoyo[1]}${(yoyo[2] ?? '').padStart(6, '0')}`)
  const digits = /^\d+/.exec(name)?.[0] ?? '0'
  if (digits.length === 13) return BigInt(timestampOf(new Date(Number(digits))))
  return BigInt(digits.slice(0, 14))
}
