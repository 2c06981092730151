import type { z } from 'zod'

/** A question asked once and answered once with a `Reply`. */
export interface RequestEntry<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly shape: 'request'
  readonly input: I
  readonly output: O
  /** Largest accepted input in UTF-16 units of its text fields together; larger is refused before parsing. */
  readonly maxUnits: number
}

/** Work whose life is a message port: events come up it until it closes; closing it early cancels the work. */
export interface StreamEntry<I extends z.ZodType = z.ZodType, E extends z.ZodType = z.ZodType> {
  readonly shape: 'stream'
  readonly input: I
  readonly event: E
  readonly maxUnits: number
}

/** A fact announced by the engine or the shell to the window; never an instruction. */
export interface EventEntry<V extends z.ZodType = z.ZodType> {
  readonly shape: 'event'
  readonly value: V
}

/** Default size limit of an input: 64 Ki UTF-16 units. */
const SMALL = 64 * 1024

/** Declares a request; `maxUnits` raises the size limit for entries that carry text of the user. */
export function request<I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
  maxUnits = SMALL,
): RequestEntry<I, O> {
  return { shape: 'request', input, output, maxUnits }
}

/** Declares a stream; `maxUnits` raises the size limit for entries that carry text of the user. */
export function stream<I extends z.ZodType, E extends z.ZodType>(
  input: I,
  event: E,
  maxUnits = SMALL,
): StreamEntry<I, E> {
  return { shape: 'stream', input, event, maxUnits }
}

/** Declares an event. */
export function event<V extends z.ZodType>(value: V): EventEntry<V> {
  return { shape: 'event', value }
}

/** The far side's end of a stream. */
export interface Channel<E> {
  /** Sends one event up the stream; does nothing once the window has gone. */
  send(event: E): void
  /** True once the window closed the stream or went away. */
  readonly isClosed: boolean
  /** Calls the listener once, when the window closes the stream or goes away; at once when it already has. */
  onClose(listener: () => void): void
}

type Entries = Readonly<Record<string, RequestEntry | StreamEntry | EventEntry>>
type NamesOf<C extends Entries, S extends string> = {
  [N in keyof C & string]: C[N]['shape'] extends S ? N : never
}[keyof C & string]

/** Names of the requests of a contract. */
export type RequestNames<C extends Entries> = NamesOf<C, 'request'>
/** Names of the streams of a contract. */
export type StreamNames<C extends Entries> = NamesOf<C, 'stream'>
/** Names of the events of a contract. */
export type EventNames<C extends Entries> = NamesOf<C, 'event'>

/** What a handler receives: the parsed input, brands kept. */
export type InputOf<C extends Entries, N extends keyof C> = C[N] extends { readonly input: infer I extends z.ZodType }
  ? z.output<I>
  : never
/** What a request answers with when it succeeds. */
export type OutputOf<C extends Entries, N extends keyof C> = C[N] extends {
  readonly output: infer O extends z.ZodType
}
  ? z.output<O>
  : never
/** What a stream sends up. */
export type StreamEventOf<C extends Entries, N extends keyof C> = C[N] extends {
  readonly shape: 'stream'
  readonly event: infer E extends z.ZodType
}
  ? z.output<E>
  : never
/** What an event carries. */
export type EventValueOf<C extends Entries, N extends keyof C> = C[N] extends {
  readonly shape: 'event'
  readonly value: infer V extends z.ZodType
}
  ? z.output<V>
  : never

/** One function per request and per stream: forgetting one does not compile. */
export type HandlersOf<C extends Entries> = {
  readonly [N in RequestNames<C>]: (input: InputOf<C, N>) => OutputOf<C, N> | Promise<OutputOf<C, N>>
} & {
  readonly [N in StreamNames<C>]: (input: InputOf<C, N>, channel: Channel<StreamEventOf<C, N>>) => Promise<void>
}
