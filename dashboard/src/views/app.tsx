import { useEffect, useRef } from 'preact/hooks'
import type { Application } from '../app'
import { useObserved } from '../observable'
import { type Page, pageAt } from '../router'
import { CallbackPage } from './callback-page'
import { DeleteDialog } from './delete-dialog'
import { Footer } from './footer'
import { Header } from './header'
import { ItemForm } from './item-form'
import { MenuPage } from './menu-page'
import { MissingPage } from './missing-page'
import { NoticeList } from './notice-list'
import { ProfilePage } from './profile-page'

const PAGES: Record<Page, typeof MenuPage> = {
  menu: MenuPage,
  profile: ProfilePage,
  callback: CallbackPage,
  missing: MissingPage,
}

const TITLES: Record<Page, string> = {
  menu: 'Menu',
  profile: 'Profile',
  callback: 'Signing in',
  missing: 'Not found',
}

/** The whole page: a header, what the path says, and what lies above it. */
export function App({ app }: { app: Application }) {
  const page = pageAt(useObserved(app.router.path))
  const Shown = PAGES[page]
  useFocusOnPage(page)
  return (
    <>
      <a class="skip-link" href="#main">
        Skip to content
      </a>
      <Header app={app} page={page} />
      <main id="main" tabIndex={-1}>
        <Shown app={app} />
      </main>
      <Footer api={app.settings.api} />
      <ItemForm app={app} />
      <DeleteDialog editing={app.editing} />
      <NoticeList notices={app.notices} />
    </>
  )
}

/** Name the document after the page, and take the keyboard to its heading when it changes. */
function useFocusOnPage(page: Page): void {
  const before = useRef<Page | undefined>(undefined)
  useEffect(() => {
    document.title = `${TITLES[page]} · The Corner Table`
    if (before.current !== undefined && before.current !== page) {
      document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
    }
    before.current = page
  }, [page])
}
