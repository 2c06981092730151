import { type ReactNode, useState } from 'react'
import { useStore } from 'zustand'
import { mayGoUnencrypted } from '../../contract/local-host'
import { type SecretKeeper, SHORTEST_PASSPHRASE } from '../../contract/secret'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Select, TextField } from '../ui/field'
import { Toggle } from '../ui/toggle'
import './connection.css'
import type { OnOpen } from './opened'
import { type SecretPrompt as Prompt, profileStore } from './profile-store'
import { closeSecretQuestion, giveSecret, unlockAndTry } from './secret-actions'
import { keeperChoices, newVaultNote, secretName, whyAsked } from './secret-words'
import { acceptanceOf } from './sections/weak-tls'
import { tunnelStore } from './tunnel-store'
import { vaultStore } from './vault-store'

type Asked = Exclude<Prompt, { type: 'closed' }>

/** The question for a secret that is missing or wrong; `onOpen` is told when it opened the profile. Nothing a server said is in it. */
export function SecretPrompt(props: { readonly onOpen: OnOpen }): ReactNode {
  const prompt = useStore(profileStore, (state) => state.prompt)
  if (prompt.type === 'closed') return null
  const { profile, wanted } = prompt
  return <Question key={`${profile.id} ${wanted.kind}`} prompt={prompt} onOpen={props.onOpen} />
}

function Question({ prompt, onOpen }: { readonly prompt: Asked; readonly onOpen: OnOpen }): ReactNode {
  const { profile, wanted, kept, type } = prompt
  const keeper = useStore(profileStore, (state) => state.keeper)
  const vault = useStore(vaultStore, (state) => state.vault)
  const waitingFor = useStore(tunnelStore, (state) => state.waitingFor)
  const [unlocks, setUnlocks] = useState(kept.hindrance === 'locked')
  const [secret, setSecret] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [repeated, setRepeated] = useState('')
  const [isAccepted, setAccepted] = useState(false)
  const choices = keeperChoices(keeper, vault)
  const usual = kept.place === 'nowhere' ? undefined : choices.find(({ value }) => value === kept.place)
  const [place, setPlace] = useState<SecretKeeper>(
    usual?.value ?? (vault?.state === 'open' ? 'vault' : (choices[0]?.value ?? 'memory')),
  )
  const name = secretName(profile, wanted.kind)
  const isNewVault = !unlocks && place === 'vault' && (vault?.state ?? 'none') === 'none'
  const needsPassphrase = unlocks || (place === 'vault' && vault?.state !== 'open')
  // What the vault keeps was accepted when it was typed.
  const asksAcceptance = !unlocks && wanted.kind === 'password' && mayGoUnencrypted(profile.target)
  const isReady =
    (unlocks || secret !== '') &&
    (!asksAcceptance || isAccepted) &&
    (!needsPassphrase ||
      (isNewVault ? passphrase.length >= SHORTEST_PASSPHRASE && passphrase === repeated : passphrase !== ''))
  const submit = async () => {
    if (!isReady || type === 'connecting') return
    const opened = unlocks ? await unlockAndTry(passphrase) : await giveSecret({ secret, keeper: place, passphrase })
    if (opened.ok) onOpen(opened.profile, opened.facts)
  }
  return (
    <Dialog
      title={unlocks ? `Unlock the vault for ${profile.name}` : name.title}
      label={unlocks ? 'Vault' : name.label}
      width={520}
      onClose={closeSecretQuestion}
      footer={
        <>
          {kept.hindrance === 'locked' ? (
            <Button variant="bare" onPress={() => setUnlocks(!unlocks)}>
              {unlocks ? 'Type it instead' : 'Unlock the vault instead'}
            </Button>
          ) : null}
          <span className="small dim" role="status">
            {type === 'connecting' ? (
              <span className="late-word">{waitingFor === null ? 'Connecting…' : 'Waiting for your answer'}</span>
            ) : null}
          </span>
          <span className="grow" />
          <Button onPress={closeSecretQuestion}>Cancel</Button>
          <Button variant="primary" isDisabled={!isReady} onPress={() => void submit()}>
            {unlocks ? 'Unlock and connect' : 'Connect'}
          </Button>
        </>
      }
    >
      <div
        role="none"
        className="prompt-form"
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return
          event.preventDefault()
          void submit()
        }}
      >
        <div className="t2" role={wanted.state === 'wrong' ? 'alert' : undefined}>
          {whyAsked(profile, wanted, kept, keeper).map((line) => (
            <p key={line}>{line}</p>
          ))}
        </div>
        <dl className="facts">
          {name.facts.map(([word, value]) => (
            <div key={word} className="fact">
              <dt>{word}</dt>
              <dd className="mono cut">{value}</dd>
            </div>
          ))}
        </dl>
        <div className="form">
          {unlocks ? null : (
            <>
              <TextField
                label={name.label}
                type="password"
                isMono
                className="w"
                autoFocus
                value={secret}
                onChange={setSecret}
              />
              <Select label="Keep it" className="w" value={place} choices={choices} onChange={setPlace} />
              {asksAcceptance ? (
                <Toggle
                  label="Unencrypted"
                  text={acceptanceOf(profile.target)}
                  isOn={isAccepted}
                  onChange={setAccepted}
                />
              ) : null}
            </>
          )}
          {needsPassphrase ? (
            <TextField
              key={unlocks ? 'unlock' : 'keep'}
              label="Vault passphrase"
              type="password"
              isMono
              className="w"
              autoFocus={unlocks}
              value={passphrase}
              onChange={setPassphrase}
            />
          ) : null}
          {isNewVault ? (
            <>
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
            {type === 'asking' ? prompt.problem : null}
          </p>
        </div>
      </div>
    </Dialog>
  )
}
