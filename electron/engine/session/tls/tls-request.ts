import type { Duplex } from 'node:stream'
import { TlsProblem } from './tls-problem'

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const YES = 0x53 // 'S'
const NO = 0x4e // 'N'
const ERROR = 0x45 // 'E'

const NOT_TRUSTED = 'What it says before TLS could come from anybody, and was not read. Its log may say more.'

/**
 * Whether the server goes on with TLS: its answer is exactly one byte. More than one was put there by somebody else
 * (CVE-2021-23222), and an error is anybody's (CVE-2024-10977). The stream is paused behind the answer.
 */
export function askForTls(stream: Duplex, limitMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer)
      stream.off('error', onError)
      stream.off('close', onClose)
      stream.off('data', onData)
      act()
    }
    const onError = (error: Error) => settle(() => reject(error))
    const onClose = () =>
      settle(() => reject(new TlsProblem('The server closed the connection at the TLS request.', NOT_TRUSTED)))
    const onData = (answer: Buffer) =>
      settle(() => {
        stream.pause()
        if (answer[0] === ERROR)
          reject(new TlsProblem('The server answered the TLS request with an error.', NOT_TRUSTED))
        else if (answer[0] !== YES && answer[0] !== NO)
          reject(new TlsProblem('The answer to the TLS request is not PostgreSQL.', 'Check host and port.'))
        else if (answer.length > 1)
          reject(
            new TlsProblem(
              'Bytes arrived before TLS was set up.',
              'Somebody between here and the server may have put them there. Nothing was sent.',
            ),
          )
        else resolve(answer[0] === YES)
      })
    const timer = setTimeout(
      () => settle(() => reject(Object.assign(new Error('no answer to the TLS request'), { code: 'ETIMEDOUT' }))),
      limitMs,
    )
    stream.on('error', onError)
    stream.on('close', onClose)
    stream.on('data', onData)
    stream.write(SSL_REQUEST)
  })
}
