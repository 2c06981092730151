import type { ReactNode } from 'react'
import { Button as AriaButton, type ButtonProps as AriaProps, Tooltip, TooltipTrigger } from 'react-aria-components'

/** Props of `Button`. */
export interface ButtonProps extends Omit<AriaProps, 'className' | 'style' | 'children'> {
  readonly children?: ReactNode
  readonly variant?: 'normal' | 'primary' | 'danger' | 'bare'
  readonly size?: 'normal' | 'small'
  /** Only an icon: square, and `aria-label` is its name. */
  readonly isIcon?: boolean
  /** What it does, shown on hover and focus; never the only place of a word. */
  readonly tip?: string
  /** The keys that do the same, shown in the tip. */
  readonly keys?: string
  readonly className?: string
}

/** A button in the house's look; pressing, focus and disabled states are React Aria's. */
export function Button(props: ButtonProps): ReactNode {
  const { variant = 'normal', size = 'normal', isIcon = false, tip, keys, className = '', children, ...rest } = props
  const classes = [
    'btn',
    variant === 'normal' ? '' : variant,
    size === 'small' ? 's' : '',
    isIcon ? 'icon' : '',
    className,
  ]
  const button = (
    <AriaButton {...rest} className={classes.filter(Boolean).join(' ')}>
      {children}
    </AriaButton>
  )
  if (tip === undefined) return button
  return (
    <TooltipTrigger delay={600} closeDelay={0}>
      {button}
      <Tooltip className="tip" offset={6}>
        {tip}
        {keys === undefined ? null : <kbd>{keys}</kbd>}
      </Tooltip>
    </TooltipTrigger>
  )
}
