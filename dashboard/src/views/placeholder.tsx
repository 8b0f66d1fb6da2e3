import type { ComponentChildren } from 'preact'

interface Props {
  title: string
  alert?: boolean
  children: ComponentChildren
}

/** What stands where there is nothing to show. */
export function Placeholder({ title, alert = false, children }: Props) {
  return (
    <div class="placeholder" role={alert ? 'alert' : undefined}>
      <svg class="placeholder-art" viewBox="0 0 120 80" width="120" height="80" aria-hidden="true">
        <path d="M14 62h92M24 56a36 36 0 0 1 72 0zM60 20v-7M34 50a27 27 0 0 1 14-19" />
      </svg>
      <h2>{title}</h2>
      {children}
    </div>
  )
}
