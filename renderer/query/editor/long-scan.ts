import { type ScriptScan, scanInSlices } from '../../../contract/script-scanner'
import type { monaco } from './monaco'

/** A long text that is being read and scanned. */
export interface LongScan {
  readonly version: number
  /** The text and its statements; null when it was stopped. */
  readonly done: Promise<{ readonly version: number; readonly text: string; readonly value: ScriptScan } | null>
  stop(): void
}

/** Milliseconds of reading before the window gets its turn. */
const SLICE_MS = 8

/** Puts a long text together and finds its statements in slices, so that keys and frames come in between. */
export function scanLongText(model: monaco.editor.ITextModel): LongScan {
  const version = model.getVersionId()
  let isWanted = true
  const pause = () => new Promise<boolean>((resolve) => window.setTimeout(() => resolve(isWanted)))
  const read = async () => {
    const text = await readInSlices(model.createSnapshot(), pause)
    const value = text === null ? null : await scanInSlices(text, {}, pause)
    return text === null || value === null ? null : { version, text, value }
  }
  return {
    version,
    done: read(),
    stop: () => {
      isWanted = false
    },
  }
}

async function readInSlices(
  snapshot: monaco.editor.ITextSnapshot,
  pause: () => Promise<boolean>,
): Promise<string | null> {
  const parts: string[] = []
  let since = performance.now()
  for (;;) {
    const part = snapshot.read()
    if (part === null) return parts.join('')
    parts.push(part)
    if (performance.now() - since < SLICE_MS) continue
    if (!(await pause())) return null
    since = performance.now()
  }
}
