import type { Application } from '../app'
import { useObserved } from '../observable'
import type { Page } from '../router'
import { TableMark } from './icons'

/** The way around, and in and out. */
export function Header({ app, page }: { app: Application; page: Page }) {
  const session = useObserved(app.session.state)
  const current = (of: Page) => (of === page ? 'page' : undefined)
  return (
    <header class="site-header">
      <div class="site-header-inner">
        <p class="brand">
          <TableMark />
          <span>The Corner Table</span>
        </p>
        <nav aria-label="Pages">
          <a href="/" aria-current={current('menu')}>
            Menu
          </a>
          {session.kind === 'in' && (
            <a href="/profile" aria-current={current('profile')}>
              Profile
            </a>
          )}
        </nav>
        <div class="site-header-session">
          {session.kind === 'in' && (
            <button type="button" class="button quiet" onClick={() => app.signOut()}>
              Sign out
            </button>
          )}
          {session.kind === 'out' && (
            <>
              <button type="button" class="button quiet" onClick={() => app.signIn(true)}>
                Sign up
              </button>
              <button type="button" class="button primary" onClick={() => app.signIn()}>
                Sign in
              </button>
            </>
          )}
        </div>
      </div>
    </header>
  )
}
