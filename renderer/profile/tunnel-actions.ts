import { failureMessage } from '../../contract/failure'
import { tunnelQuestion } from '../../contract/tunnel'
import { askShell, onShellEvent, request } from '../bridge'
import type { ConnectionDraft } from './connection-form'
import { profileStore, tellProfiles } from './profile-store'
import { type HopFields, sshTargetOf } from './sections/ssh-fields'
import { tunnelStore } from './tunnel-store'

/** Asks the engine where the tunnel of the open form leads, now and after every edit, and hears what the shell waits for; answers with how to stop. */
export function followTunnel(): () => void {
  const stops = [
    onShellEvent('hostKey.waiting', ({ server }) => tunnelStore.setState({ waitingFor: server })),
    onShellEvent('engine.restarted', () => tunnelStore.setState({ waitingFor: null })),
    profileStore.subscribe(({ form }) => void readTunnel(form.type === 'closed' ? null : form.draft)),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** Shows the system's dialog for a private key and puts the chosen one into the server at that place. */
export async function chooseSshKey(index: number): Promise<void> {
  const reply = await askShell('dialog.chooseSshKey', {})
  if (!reply.ok || reply.value.file === null) return
  editHop(index, { keyFile: reply.value.file })
}

/** Notes an edit of the SSH server at a place. */
export function editHop(index: number, change: Partial<HopFields>): void {
  const { form } = profileStore.getState()
  if (form.type === 'closed') return
  const value = form.draft.fields.tunnel.map((hop, at) => (at === index ? { ...hop, ...change } : hop))
  tellProfiles({ type: 'fieldEdited', edit: { field: 'tunnel', value } })
}

let asked = ''

async function readTunnel(draft: ConnectionDraft | null): Promise<void> {
  const question = tunnelQuestion.safeParse(draft === null ? null : sshTargetOf(draft.fields))
  const of = question.success ? JSON.stringify(question.data) : ''
  if (of === asked) return
  asked = of
  if (!question.success) return tunnelStore.setState({ reading: { type: 'none' } })
  const reply = await request('tunnel.resolve', question.data)
  if (of !== asked) return
  tunnelStore.setState({
    reading: reply.ok
      ? { type: 'read', hops: reply.value }
      : { type: 'refused', message: failureMessage(reply.failure) },
  })
}
