import { FileSearch, FolderOpen } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { TextField as AriaTextField, Label, TextArea } from 'react-aria-components'
import { useStore } from 'zustand'
import { request } from '../../bridge'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { FailureView } from '../../ui/failure-view'
import { profileStore } from '../profile-store'
import { whereKept } from '../secret-words'
import { vaultStore } from '../vault-store'
import { FindingItem } from './finding-item'
import { closeImport, readChosenFile, readServiceFile, readText, saveChosen } from './import-actions'
import { type ImportState, importStore, isWhole, tellImport } from './import-store'
import { sourceWords } from './import-words'
import './import.css'

/** The dialog "Import connection": first a text or a file, then what was found in it. */
export function ImportDialog(): ReactNode {
  const state = useStore(importStore)
  switch (state.type) {
    case 'closed':
      return null
    case 'asking':
    case 'reading':
      return <Ask state={state} />
    case 'found':
    case 'saving':
      return <Found state={state} />
  }
}

const close = () => void closeImport()

function Ask({ state }: { readonly state: Extract<ImportState, { type: 'asking' | 'reading' }> }): ReactNode {
  const [hasServiceFile, setHasServiceFile] = useState(false)
  const isReading = state.type === 'reading'
  useEffect(() => {
    void request('import.hasServiceFile', {}).then((reply) => setHasServiceFile(reply.ok && reply.value))
  }, [])
  const edit = (text: string) => {
    const wasPasted = text.length > state.text.length + 1
    tellImport({ type: 'textEdited', text })
    // What is pasted over nothing is whole; what is typed is read when its writer says so.
    if (wasPasted && state.text === '') void readText()
  }
  return (
    <Dialog
      title="Import connection"
      label="Import connection"
      width={720}
      onClose={close}
      footer={
        <>
          <Button isDisabled={isReading} onPress={() => void readChosenFile()}>
            <FolderOpen className="i" aria-hidden />
            Choose file…
          </Button>
          {hasServiceFile ? (
            <Button isDisabled={isReading} onPress={() => void readServiceFile()}>
              Read service file
            </Button>
          ) : null}
          <span className="grow" />
          <Button onPress={close}>Cancel</Button>
          <Button variant="primary" isDisabled={isReading || state.text.trim() === ''} onPress={() => void readText()}>
            Read text
          </Button>
        </>
      }
    >
      <div className="import-ask">
        <AriaTextField value={state.text} onChange={edit} isReadOnly={isReading} autoFocus>
          <Label>Paste a URL, a psql command, or the text of a file</Label>
          <div className="field area">
            <TextArea
              className="input mono"
              rows={7}
              spellCheck="false"
              autoComplete="off"
              placeholder={'postgres://role@host:5432/database'}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
                event.preventDefault()
                void readText()
              }}
            />
          </div>
        </AriaTextField>
        <div className="import-below">
          {state.type === 'asking' && state.failure !== null ? (
            <FailureView failure={state.failure} />
          ) : (
            <>
              <p className="small t2" role="status">
                {isReading ? <span className="late-word">Reading…</span> : FORMATS}
              </p>
              <p className="small dim">
                Strata reads that one file and nothing else: it connects to nothing, runs nothing and replaces no
                variables of your computer. Passwords of files never reach this window.
              </p>
            </>
          )}
        </div>
      </div>
    </Dialog>
  )
}

const FORMATS =
  "Reads .env, docker-compose.yml, yoyo.ini, alembic.ini, pg_service.conf, DBeaver's data-sources.json and the servers.json that pgAdmin exports."

function Found({ state }: { readonly state: Extract<ImportState, { type: 'found' | 'saving' }> }): ReactNode {
  const { reading, choices } = state
  const keeper = useStore(profileStore, (profiles) => profiles.keeper)
  const vault = useStore(vaultStore, (state) => state.vault)
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // What had the focus before is gone with the text field.
    list.current?.querySelector<HTMLElement>('input, button')?.focus()
  }, [])
  const isSaving = state.type === 'saving'
  const chosen = reading.findings.filter((finding) => choices.get(finding.token)?.isChosen === true && isWhole(finding))
  const keepsSecrets = chosen.some(
    ({ token, secrets }) => secrets.length > 0 && choices.get(token)?.keepsSecrets === true,
  )
  return (
    <Dialog
      title="Import connection"
      label="Import connection"
      width={760}
      onClose={close}
      footer={
        <>
          <Button isDisabled={isSaving} onPress={() => tellImport({ type: 'sourceLeft' })}>
            Back
          </Button>
          <span className="small dim">{keepsSecrets ? passwordNote(whereKept(keeper, vault)) : ''}</span>
          <span className="grow" />
          <Button onPress={close}>Cancel</Button>
          <Button variant="primary" isDisabled={isSaving || chosen.length === 0} onPress={() => void saveChosen()}>
            {saveWords(chosen.length)}
          </Button>
        </>
      }
    >
      <div className="import-source">
        <FileSearch className="i" aria-hidden />
        <bdi className="strong cut">{sourceWords(reading)}</bdi>
        <span className="grow" />
        <span className="t2" role="status">
          {reading.findings.length === 1 ? '1 connection found' : `${reading.findings.length} connections found`}
        </span>
      </div>
      {reading.problems.map(({ message }) => (
        <p key={message} className="import-problem warn">
          {message}
        </p>
      ))}
      <div ref={list}>
        {reading.findings.length === 0 ? (
          <p className="import-none t2">
            No connection to PostgreSQL is named here. Go back and choose another file, or paste a URL.
          </p>
        ) : (
          <ul className="findings" aria-label="Connections found">
            {reading.findings.map((finding) => {
              const choice = choices.get(finding.token)
              if (choice === undefined) return null
              return <FindingItem key={finding.token} finding={finding} choice={choice} isDisabled={isSaving} />
            })}
          </ul>
        )}
      </div>
      {state.type === 'found' && state.failure !== null ? (
        <FailureView failure={state.failure} className="in-dialog" />
      ) : null}
    </Dialog>
  )
}

function saveWords(count: number): string {
  if (count === 0) return 'Save'
  return count === 1 ? 'Save 1 connection' : `Save ${count} connections`
}

/** Where passwords will be kept, as a sentence of its own. */
function passwordNote(text: string): string {
  return text === '' ? '' : `Passwords: ${text.charAt(0).toLowerCase()}${text.slice(1)}`
}
