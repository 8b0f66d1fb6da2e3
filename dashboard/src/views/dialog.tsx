import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

interface Props {
  /** The id of the element that names it. */
  labelledBy: string
  class?: string
  /** Called when the user wants it gone, as with Escape. */
  onClose: () => void
  children: ComponentChildren
}

/** A dialog above everything; while it is there nothing else can be reached. */
export function Dialog({ labelledBy, class: name = '', onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    // Closing gives the focus back to what had it; taking the element away would not.
    return () => shown?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      class={`dialog ${name}`}
      aria-labelledby={labelledBy}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      {children}
    </dialog>
  )
}
