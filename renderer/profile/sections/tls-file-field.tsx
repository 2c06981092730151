import type { ReactNode } from 'react'
import type { TlsFile } from '../../../contract/tls-file'
import { askShell } from '../../bridge'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/field'
import { editField, type SectionProps, textProps } from './section-props'

const LABELS: Readonly<Record<TlsFile, string>> = {
  rootCertificate: 'CA file',
  clientCertificate: 'Client certificate',
  clientKey: 'Client key',
  revocationList: 'Revocation list',
}

/** A file of TLS: typed, or chosen with the system's dialog. */
export function TlsFileField(props: {
  readonly section: SectionProps
  readonly file: TlsFile
  readonly placeholder: string
  readonly isDisabled?: boolean
  /** Behind the text, before "Choose…". */
  readonly before?: ReactNode
}): ReactNode {
  const { section, file, placeholder, isDisabled = false, before = null } = props
  const choose = (
    <>
      {before}
      <Button
        variant="bare"
        size="small"
        className="inside"
        aria-label={`Choose ${LABELS[file]}`}
        isDisabled={isDisabled}
        onPress={() => void chooseTlsFile(file)}
      >
        Choose…
      </Button>
    </>
  )
  const text = textProps(section, file, choose)
  return (
    <TextField
      label={LABELS[file]}
      isMono
      className={isDisabled ? 'w off' : 'w'}
      isDisabled={isDisabled}
      placeholder={placeholder}
      {...text}
      value={isDisabled ? '' : text.value}
    />
  )
}

async function chooseTlsFile(what: TlsFile): Promise<void> {
  const reply = await askShell('dialog.chooseTlsFile', { what })
  if (reply.ok && reply.value.file !== null) editField({ field: what, value: reply.value.file })
}
