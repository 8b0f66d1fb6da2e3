import { useEffect, useState } from 'preact/hooks'

/** A value that tells when it changes. */
export interface Observable<T> {
  get(): T
  set(value: T): void
  /** Call a function after each change; returns what ends it. */
  subscribe(listener: () => void): () => void
}

export function observable<T>(initial: T): Observable<T> {
  let current = initial
  const listeners = new Set<() => void>()
  return {
    get: () => current,
    set(value) {
      if (Object.is(value, current)) return
      current = value
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Return the value, and draw the component again when it changes. */
export function useObserved<T>(source: Observable<T>): T {
  const [value, setValue] = useState<T>(source.get)
  useEffect(() => {
    const read = () => setValue(() => source.get())
    // It may have changed since the component was drawn.
    read()
    return source.subscribe(read)
  }, [source])
  return value
}
