import { ApiClient } from './api/client'
import { Items } from './api/items'
import type { Pause } from './api/patience'
import { signInProblem } from './auth/answers'
import type { Provider } from './auth/provider'
import { Session } from './auth/session'
import { mayEdit } from './auth/user'
import { Editing } from './menu/editing'
import { explain } from './menu/explain'
import { Menu } from './menu/menu'
import { UnsavedForm } from './menu/unsaved'
import { Notices } from './notices'
import { type Observable, observable } from './observable'
import { pageAt, Router } from './router'
import type { Settings } from './settings'

/** The parts of the app, put together, and what the user can ask of them as a whole. */
export class Application {
  readonly notices = new Notices()
  readonly router = new Router()
  readonly menu: Menu
  readonly editing: Editing
  /** Why the sign-in that has just come back failed, if it did. */
  readonly signInFailure: Observable<string | undefined> = observable<string | undefined>(undefined)
  private readonly unsaved = new UnsavedForm(window.sessionStorage)

  constructor(
    readonly settings: Settings,
    readonly session: Session,
  ) {
    const client = new ApiClient(settings.api, session, {
      wait: (seconds) => new Promise((done) => setTimeout(done, seconds * 1000)),
      onWait: saying(this.notices),
    })
    this.menu = new Menu(new Items(client))
    this.editing = new Editing(this.menu, this.notices, this.unsaved, () => this.signIn())
  }

  /** Finish a sign-in or find the session, and read the menu meanwhile. */
  async begin(): Promise<void> {
    const reading = this.menu.load()
    if (pageAt(window.location.pathname) === 'callback') await this.finishSignIn()
    else await this.session.restore()
    this.restoreForm()
    await reading
  }

  signIn(create = false): void {
    const path = window.location.pathname
    const returnTo = pageAt(path) === 'profile' ? path : '/'
    this.session.signIn({ create, returnTo }).catch((error) => this.warn(error))
  }

  signOut(): void {
    this.unsaved.forget()
    this.session.signOut().catch((error) => this.warn(error))
  }

  private async finishSignIn(): Promise<void> {
    try {
      this.router.replace(await this.session.finish(window.location.href))
    } catch (error) {
      // The code in the address has been used, and a reload must not send it again.
      window.history.replaceState(null, '', window.location.pathname)
      await this.session.restore()
      if (this.session.state.get().kind === 'in') this.router.replace('/')
      else this.signInFailure.set(signInProblem(error))
    }
  }

  private restoreForm(): void {
    const session = this.session.state.get()
    if (session.kind !== 'in') return
    if (mayEdit(session.user)) this.editing.restore()
    else this.unsaved.forget()
  }

  private warn(error: unknown): void {
    const { title, text } = explain(error)
    this.notices.warn(`${title}. ${text}`)
  }
}

export async function startApp(settings: Settings): Promise<Application> {
  return new Application(settings, new Session(await provider(settings)))
}

async function provider(settings: Settings): Promise<Provider> {
  if (settings.provider.kind === 'auth0') {
    const { Auth0Provider } = await import('./auth/auth0')
    return new Auth0Provider(settings, settings.provider.domain)
  }
  const { OpenIdProvider } = await import('./auth/openid')
  return new OpenIdProvider(settings, settings.provider.issuer, settings.provider.scope)
}

function saying(notices: Notices): (pause: Pause | undefined) => void {
  let said: number | undefined
  return (pause) => {
    if (said !== undefined) notices.dismiss(said)
    said =
      pause &&
      notices.keepSaying(
        `The API is busy. Trying again in ${pause.seconds} s (${pause.attempt} of ${pause.of}).`,
      )
  }
}
