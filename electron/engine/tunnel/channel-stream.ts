import { Duplex } from 'node:stream'
import type { ClientChannel } from 'ssh2'

/**
 * A channel as a stream that behaves like a socket: it ends when the other side has ended, closes at once when destroyed, and asks the
 * SSH server for no more than is read.
 */
export class ChannelStream extends Duplex {
  private readonly channel: ClientChannel

  constructor(channel: ClientChannel) {
    super({ allowHalfOpen: false })
    this.channel = channel
    channel.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) channel.pause()
    })
    channel.on('end', () => this.push(null))
    channel.on('close', () => this.noteClose())
    // The hop's own error, which follows, says more.
    channel.on('error', () => {})
  }

  override _read(): void {
    this.channel.resume()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    try {
      if (this.channel.write(bytes)) done()
      else this.channel.once('drain', () => done())
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  }

  override _final(done: () => void): void {
    this.quietly(() => this.channel.end())
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.quietly(() => this.channel.destroy())
    done(error)
  }

  private noteClose(): void {
    if (this.readableEnded || this.destroyed) return void this.destroy()
    this.push(null)
    this.once('end', () => this.destroy())
  }

  /** A channel of a connection that has ended throws when it is told to end. */
  private quietly(act: () => void): void {
    try {
      act()
    } catch {
      // It has ended already.
    }
  }
}
