import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Modal, ModalOverlay } from 'react-aria-components'
import { Button } from './button'

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
}

/** A modal dialog over a scrim: focus stays inside and returns where it was; Escape closes. */
export function Dialog(props: DialogProps): ReactNode {
  const { title, label, onClose, children, footer, width = 680, role = 'dialog', isDismissable = true } = props
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
        <AriaDialog className="dialog" role={role} aria-label={label}>
          <div className="dhead">
            <h1>{title}</h1>
            <span className="grow" />
            <Button variant="bare" isIcon aria-label="Close" isDisabled={!isDismissable} onPress={onClose}>
              <X className="i" />
            </Button>
          </div>
          <div className="dbody">{children}</div>
          {footer === undefined ? null : <div className="dfoot">{footer}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
