import { CALLBACK } from './auth/provider'
import { type Observable, observable } from './observable'

export type Page = 'menu' | 'profile' | 'callback' | 'missing'

const PAGES: Readonly<Record<string, Page>> = {
  '/': 'menu',
  '/profile': 'profile',
  [CALLBACK]: 'callback',
}

/** Return the page at a path. */
export function pageAt(path: string): Page {
  return PAGES[path.replace(/(?<=.)\/+$/, '')] ?? 'missing'
}

/** Shows pages by the path in the address bar. */
export class Router {
  readonly path: Observable<string> = observable(window.location.pathname)

  constructor() {
    window.addEventListener('popstate', () => this.path.set(window.location.pathname))
    document.addEventListener('click', (event) => this.follow(event))
  }

  go(path: string): void {
    window.history.pushState(null, '', path)
    window.scrollTo(0, 0)
    this.path.set(path)
  }

  /** Show another page in place of this one; only a page of the app, whatever the text is. */
  replace(path: string): void {
    const safe = pageAt(path) === 'missing' ? '/' : path
    window.history.replaceState(null, '', safe)
    this.path.set(safe)
  }

  private follow(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target.closest('a') : null
    const held = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey
    if (!target || held || event.button !== 0 || event.defaultPrevented) return
    if (target.origin !== window.location.origin || target.target) return
    if (pageAt(target.pathname) === 'missing' || target.hash) return
    event.preventDefault()
    if (target.pathname !== window.location.pathname) this.go(target.pathname)
  }
}
