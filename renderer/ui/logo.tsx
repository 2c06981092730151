import type { ReactNode } from 'react'

/** Strata's mark: layers, with a fault through them. */
export function Logo(): ReactNode {
  return (
    <svg className="logo" viewBox="0 0 20 20" fill="currentColor" aria-hidden="true">
      <path d="M1 2h10.2l-.7 3.2H1zM13 4.6h6v3.2h-6.7z" />
      <path opacity=".7" d="M1 7.4h9l-.7 3.2H1zM11.8 10H19v3.2h-7.9z" />
      <path opacity=".42" d="M1 12.8h7.8L8.1 16H1zM10.6 15.4H19v3.2H9.9z" />
    </svg>
  )
}
