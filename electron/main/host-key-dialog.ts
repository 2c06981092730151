import { type BrowserWindow, dialog } from 'electron'
import type { HostKeyAnswer, HostKeyQuestion } from '../../contract/host-key'

/** What the question is shown with. */
export interface HostKeyAskerOptions {
  /** The window it stands in front of; null when there is none. */
  readonly windowOf: () => BrowserWindow | null
  /** Told which server waits for an answer while the question is open, and null afterwards. */
  readonly waiting: (server: string | null) => void
}

const ANSWERS: readonly HostKeyAnswer[] = ['trust', 'once', 'cancel']
const CANCEL = ANSWERS.indexOf('cancel')

/**
 * Asks, in the system's own dialog, whether the key of an SSH server is trusted: the window can neither ask nor answer.
 * One question after the other; one that is closed is answered with `cancel`.
 */
export function hostKeyAsker(options: HostKeyAskerOptions): (question: HostKeyQuestion) => Promise<HostKeyAnswer> {
  let before: Promise<unknown> = Promise.resolve()
  return (question) => {
    const answer = before.then(() => ask(question, options))
    before = answer.catch(() => {})
    return answer
  }
}

async function ask(question: HostKeyQuestion, { windowOf, waiting }: HostKeyAskerOptions): Promise<HostKeyAnswer> {
  const { server, host, port, keyType, fingerprint } = question
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const shown = {
    type: 'question' as const,
    title: 'Unknown SSH server',
    message: `Trust the SSH server ${server}?`,
    detail: [
      ...(server === place ? [] : [`It is ${place}.`]),
      `Nobody has seen its key from here yet. Compare the fingerprint with the one its administrator gives you:`,
      '',
      `${keyType} ${fingerprint}`,
      '',
      'Nothing has been sent to it but the wish to connect.',
    ].join('\n'),
    buttons: ['Trust and connect', 'Trust once', 'Cancel'],
    defaultId: CANCEL,
    cancelId: CANCEL,
    noLink: true,
  }
  const window = windowOf()
  waiting(server)
  try {
    const { response } =
      window === null ? await dialog.showMessageBox(shown) : await dialog.showMessageBox(window, shown)
    return ANSWERS[response] ?? 'cancel'
  } finally {
    waiting(null)
  }
}
