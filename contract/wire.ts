import { z } from 'zod'
import { hostKeyAnswer, hostKeyQuestion } from './host-key'
import { sealedTarget } from './profile'
import { secretKeeper, secretKind, secretText } from './secret'
import { opaqueId } from './text'

/** Number of a call on a port, unique per port. */
const callId = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const entryName = z.string().min(1).max(64)

/** What the window sends to the engine over its port. A stream's own port travels with `open`. */
export const windowMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ask'), id: callId, name: entryName, input: z.unknown() }),
  z.strictObject({ type: z.literal('open'), name: entryName, input: z.unknown() }),
])
/** What the window sends to the engine over its port. */
export type WindowMessage = z.output<typeof windowMessage>

/** What the engine sends to the window over its port. Not parsed there: rows are hot and the engine is trusted. */
export type EngineMessage =
  | { readonly type: 'answer'; readonly id: number; readonly reply: unknown }
  | { readonly type: 'event'; readonly name: string; readonly value: unknown }

/** What travels on a stream's own port: events in order, several at once when many come, then one end; a failure in the end means the stream could not go on. */
export type StreamMessage =
  | { readonly type: 'events'; readonly events: readonly unknown[] }
  | { readonly type: 'end'; readonly failure: unknown }

/** What main tells the engine over the parent port. */
export const shellMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('port') }),
  z.strictObject({ type: z.literal('ping'), id: callId }),
  z.strictObject({ type: z.literal('stop') }),
  /** Answers `secret wanted`; null when none is kept for exactly that target. */
  z.strictObject({ type: z.literal('secret'), id: callId, secret: secretText.nullable() }),
  /** Answers `host key question`. */
  z.strictObject({ type: z.literal('host key answer'), id: callId, answer: hostKeyAnswer }),
  z.strictObject({ type: z.literal('migration folder'), profileId: opaqueId, folder: z.string().max(4096) }),
  /** The user chose a file to save: the window only has the token. */
  z.strictObject({ type: z.literal('save file'), token: opaqueId, path: z.string().max(4096) }),
  /** The user chose a file with connections: the window only has the token. */
  z.strictObject({ type: z.literal('import file'), token: opaqueId, path: z.string().max(4096) }),
])
/** What main tells the engine over the parent port. */
export type ShellMessage = z.output<typeof shellMessage>

/** What the engine tells main over the parent port. */
export const engineToShell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('pong'), id: callId }),
  z.strictObject({ type: z.literal('stopped') }),
  /** A session is being opened and a secret for exactly this target is wanted. */
  z.strictObject({
    type: z.literal('secret wanted'),
    id: callId,
    profileId: opaqueId,
    kind: secretKind,
    target: sealedTarget,
  }),
  /** What became of the secret that was answered under this id. */
  z.strictObject({ type: z.literal('secret used'), id: callId, outcome: z.enum(['worked', 'refused']) }),
  /** An SSH server shows a key that nobody knows: the person is asked in a dialog of the shell. */
  z.strictObject({ type: z.literal('host key question'), id: callId, question: hostKeyQuestion }),
  /** An import found a secret for exactly this target: it is offered as if it had been typed. */
  z.strictObject({
    type: z.literal('secret found'),
    profileId: opaqueId,
    kind: secretKind,
    target: sealedTarget,
    secret: secretText,
    keeper: secretKeeper,
  }),
  z.strictObject({ type: z.literal('profile removed'), profileId: opaqueId }),
])
/** What the engine tells main over the parent port. */
export type EngineToShell = z.output<typeof engineToShell>
