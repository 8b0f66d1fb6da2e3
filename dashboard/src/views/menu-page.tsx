import type { Application } from '../app'
import { mayEdit } from '../auth/user'
import { explain } from '../menu/explain'
import type { MenuState } from '../menu/menu'
import { useObserved } from '../observable'
import { Card } from './card'
import { PlusIcon } from './icons'
import { useFocusInList } from './list-focus'
import { Placeholder } from './placeholder'

/** The menu, with what the user may do with it. */
export function MenuPage({ app }: { app: Application }) {
  const menu = useObserved(app.menu.state)
  const session = useObserved(app.session.state)
  const editing = session.kind === 'in' && mayEdit(session.user) ? app.editing : undefined
  const list = useFocusInList(menu.shown.length)
  return (
    <>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>The menu</h1>
          <p class="lead">{lead(menu)}</p>
        </div>
        {editing && (
          <button type="button" class="button primary" onClick={() => editing.add()}>
            <PlusIcon /> Add item
          </button>
        )}
      </div>
      {menu.phase === 'loading' && <Loading />}
      {menu.phase === 'failed' && <Failed app={app} failure={menu.failure} />}
      {menu.phase === 'ready' && menu.shown.length === 0 && (
        <Placeholder title="Nothing on the menu yet">
          <p>{editing ? 'Add the first item.' : 'Come back a little later.'}</p>
        </Placeholder>
      )}
      <div class="cards" ref={list}>
        {menu.shown.map((shown) => (
          <Card key={shown.key} shown={shown} editing={editing} />
        ))}
      </div>
      {menu.phase === 'ready' && menu.more && <More app={app} menu={menu} />}
    </>
  )
}

function lead({ phase, shown, more }: MenuState): string {
  if (phase !== 'ready' || shown.length === 0) return 'Served all day.'
  const count = shown.length === 1 ? 'One item' : `${shown.length} items`
  return more ? `The first ${count}, served all day.` : `${count}, served all day.`
}

function Loading() {
  return (
    <div class="cards" role="status" aria-label="Reading the menu">
      {[1, 2, 3].map((number) => (
        <div key={number} class="card skeleton" />
      ))}
    </div>
  )
}

function Failed({ app, failure }: { app: Application; failure: unknown }) {
  const { title, text } = explain(failure)
  return (
    <Placeholder title={title} alert>
      <p>{text}</p>
      <button type="button" class="button primary" onClick={() => app.menu.load()}>
        Try again
      </button>
    </Placeholder>
  )
}

function More({ app, menu }: { app: Application; menu: MenuState }) {
  return (
    <div class="more">
      {menu.failure !== undefined && (
        <p class="error" role="alert">
          {explain(menu.failure).title}.
        </p>
      )}
      <button
        type="button"
        class="button"
        aria-disabled={menu.reading}
        onClick={() => app.menu.loadMore()}
      >
        {menu.reading ? 'Loading…' : 'Load more'}
      </button>
    </div>
  )
}
