import { X } from 'lucide-react'
import { type ReactNode, useContext } from 'react'
import { Dialog as AriaDialog, Modal, ModalOverlay } from 'react-aria-components'
import type { Environment } from '../../contract/profile'
import { Button } from './button'
import { type Place, PlaceContext, WhereLine } from './place'

/** Props of `Dialog`. */
export interface DialogProps {
  /** Shown in the head, and the dialog's accessible name unless `label` is given. */
  readonly title: ReactNode
  readonly label: string
  readonly onClose: () => void
  readonly children: ReactNode
  readonly footer?: ReactNode
  /** In CSS pixels. */
  readonly width?: number
  readonly role?: 'dialog' | 'alertdialog'
  /** False while closing would lose work that cannot be stopped. */
  readonly isDismissable?: boolean
  /** What the dialog is about, named below its head; a question (`alertdialog`) names the open connection where this is left out. */
  readonly place?: Place
  /** True for a dialog that asks before something is done to the open connection, and is no `alertdialog`. */
  readonly namesPlace?: boolean
  /** Colours a dialog that names its place itself. */
  readonly environment?: Environment
}

/** A modal dialog over a scrim: focus stays inside and returns where it was; Escape closes. */
export function Dialog(props: DialogProps): ReactNode {
  const { title, label, onClose, children, footer, width = 680, role = 'dialog', isDismissable = true } = props
  const openPlace = useContext(PlaceContext)
  const asks = (role === 'alertdialog' || props.namesPlace === true) && props.environment === undefined
  const place = props.place ?? (asks ? openPlace : null)
  const environment = props.environment ?? place?.environment
  return (
    <ModalOverlay
      className="scrim"
      isOpen
      isDismissable={false}
      isKeyboardDismissDisabled={!isDismissable}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
    >
      <Modal className="modal" style={{ width }}>
        <AriaDialog
          className="dialog"
          role={role}
          aria-label={label}
          {...(environment === undefined ? {} : { 'data-env': environment })}
        >
          <div className="dhead">
            <h1>{title}</h1>
            <span className="grow" />
            <Button variant="bare" isIcon aria-label="Close" isDisabled={!isDismissable} onPress={onClose}>
              <X className="i" />
            </Button>
          </div>
          {place === null ? null : <WhereLine place={place} />}
          <div className="dbody">{children}</div>
          {footer === undefined ? null : <div className="dfoot">{footer}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
