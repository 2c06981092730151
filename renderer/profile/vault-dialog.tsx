import { type ReactNode, useState } from 'react'
import { useStore } from 'zustand'
import { failureMessage, type Reply } from '../../contract/failure'
import { SHORTEST_PASSPHRASE, type VaultState } from '../../contract/secret'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
import './connection.css'
import { profileStore } from './profile-store'
import { newVaultNote } from './secret-words'
import {
  changeVaultPassphrase,
  createVault,
  destroyVault,
  hideVault,
  lockVault,
  unlockVault,
  vaultStore,
} from './vault-store'

type Page = 'overview' | 'change' | 'new' | 'delete'

/** The vault's own dialog: make it, open it, lock it, change its passphrase, begin a new one, delete it. */
export function VaultDialog(): ReactNode {
  const { vault, dialog } = useStore(vaultStore)
  if (dialog === null || vault === null) return null
  return <VaultPages vault={vault} />
}

function VaultPages({ vault }: { readonly vault: VaultState }): ReactNode {
  const [page, setPage] = useState<Page>('overview')
  const [before, setBefore] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [repeated, setRepeated] = useState('')
  const [problem, setProblem] = useState('')
  const [isBusy, setBusy] = useState(false)
  const keeper = useStore(profileStore, (state) => state.keeper)
  const makesNew = page === 'new' || (page === 'overview' && vault.state === 'none')
  const isNewGood = passphrase.length >= SHORTEST_PASSPHRASE && passphrase === repeated
  const show = (next: Page) => {
    setPage(next)
    setBefore('')
    setPassphrase('')
    setRepeated('')
    setProblem('')
  }
  const act = async (deed: () => Promise<Reply<boolean | null>>) => {
    setBusy(true)
    setProblem('')
    const reply = await deed()
    setBusy(false)
    if (!reply.ok) setProblem(failureMessage(reply.failure))
    else if (reply.value === false) setProblem('That is not the passphrase of the vault.')
    else show('overview')
  }
  const deed = ((): {
    readonly word: string
    readonly isReady: boolean
    readonly run: () => Promise<Reply<boolean | null>>
  } | null => {
    if (makesNew) return { word: 'Create vault', isReady: isNewGood, run: () => createVault(passphrase) }
    if (page === 'change') {
      const isReady = before !== '' && isNewGood
      return { word: 'Change passphrase', isReady, run: () => changeVaultPassphrase(before, passphrase) }
    }
    if (page === 'delete') return { word: 'Delete vault', isReady: true, run: destroyVault }
    if (vault.state === 'locked') return { word: 'Unlock', isReady: before !== '', run: () => unlockVault(before) }
    return { word: 'Lock now', isReady: true, run: lockVault }
  })()
  const submit = () => {
    if (deed?.isReady === true && !isBusy && page !== 'delete') void act(deed.run)
  }
  const asksBefore = page === 'change' || (page === 'overview' && vault.state === 'locked')
  return (
    <Dialog
      title="Password vault"
      label="Password vault"
      width={540}
      onClose={hideVault}
      footer={
        <>
          <span className="small dim" role="status">
            {isBusy ? <span className="late-word">A moment…</span> : null}
          </span>
          <span className="grow" />
          {page === 'overview' ? (
            <Button onPress={hideVault}>Close</Button>
          ) : (
            <Button onPress={() => show('overview')}>Back</Button>
          )}
          {deed === null ? null : (
            <Button
              variant={page === 'delete' ? 'danger' : 'primary'}
              isDisabled={!deed.isReady || isBusy}
              onPress={() => void act(deed.run)}
            >
              {deed.word}
            </Button>
          )}
        </>
      }
    >
      <div
        role="none"
        className="prompt-form"
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return
          event.preventDefault()
          submit()
        }}
      >
        <div className="t2">
          <p>{wordsOf(page, vault)}</p>
          {page === 'overview' && keeper?.canKeepPasswords === true ? (
            <p>This system has a keyring, which is used unless you choose the vault.</p>
          ) : null}
        </div>
        <div className="form">
          {asksBefore ? (
            <TextField
              key={page}
              label={page === 'change' ? 'Old passphrase' : 'Passphrase'}
              type="password"
              isMono
              className="w"
              autoFocus
              value={before}
              onChange={setBefore}
            />
          ) : null}
          {makesNew || page === 'change' ? (
            <>
              <TextField
                label={page === 'change' ? 'New passphrase' : 'Passphrase'}
                type="password"
                isMono
                className="w"
                autoFocus={makesNew}
                value={passphrase}
                onChange={setPassphrase}
              />
              <TextField
                label="Repeat it"
                type="password"
                isMono
                className="w"
                value={repeated}
                onChange={setRepeated}
              />
              <p className="note">{newVaultNote(passphrase, repeated)}</p>
            </>
          ) : null}
          <p className="note bad" role="alert">
            {problem}
          </p>
        </div>
        {page === 'overview' && vault.state !== 'none' ? (
          <div className="vault-deeds">
            <Button variant="bare" onPress={() => show('change')}>
              Change passphrase…
            </Button>
            <Button variant="bare" onPress={() => show('new')}>
              Begin a new vault…
            </Button>
            <Button variant="bare" onPress={() => show('delete')}>
              Delete…
            </Button>
          </div>
        ) : null}
      </div>
    </Dialog>
  )
}

function wordsOf(page: Page, { state, secrets }: VaultState): string {
  const held = secrets === 1 ? '1 secret' : `${secrets} secrets`
  switch (page) {
    case 'change':
      return `Everything in the vault (${held}) is encrypted anew.`
    case 'new':
      return `For a forgotten passphrase. The vault before, with ${held}, is kept beside the new one, and its own passphrase still opens it.`
    case 'delete':
      return `${held} in the vault will be gone, and asked for when they are needed. Profiles stay.`
    case 'overview':
      if (state === 'none')
        return 'Passwords and passphrases can be kept in a file that a passphrase of your own opens, once per start of Strata.'
      return state === 'locked'
        ? `The vault is locked. It holds ${held}.`
        : `The vault is open until it is locked or Strata quits. It holds ${held}.`
  }
}
