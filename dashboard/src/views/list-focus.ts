import { useLayoutEffect, useRef } from 'preact/hooks'

/**
 * Keep the keyboard's place in a list whose focused part goes away: the next part gets the focus.
 *
 * @param length of the list.
 * @returns what to give to the list's element as its `ref`.
 */
export function useFocusInList(length: number) {
  const list = useRef<HTMLDivElement>(null)
  const place = useRef<number | undefined>(undefined)

  useLayoutEffect(() => {
    const note = ({ target }: FocusEvent) => {
      const parts = [...(list.current?.children ?? [])]
      const at = parts.findIndex((part) => part.contains(target as Node))
      // In a dialog, the place is still the one from which it was opened.
      if (!(target as Element).closest('dialog')) place.current = at === -1 ? undefined : at
    }
    document.addEventListener('focusin', note)
    return () => document.removeEventListener('focusin', note)
  }, [])

  useLayoutEffect(() => {
    if (place.current === undefined || document.activeElement !== document.body) return
    const parts = list.current?.children
    const next = parts?.[Math.min(place.current, parts.length - 1)]
    const heading = document.querySelector('main h1')
    for (const element of [next ?? heading]) {
      if (element instanceof HTMLElement) element.focus({ preventScroll: true })
    }
  }, [length])

  return list
}
