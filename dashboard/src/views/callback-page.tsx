import type { Application } from '../app'
import { useObserved } from '../observable'
import { Placeholder } from './placeholder'

/** Where the sign-in service sends the user back to. */
export function CallbackPage({ app }: { app: Application }) {
  const failure = useObserved(app.signInFailure)
  if (failure === undefined) {
    return (
      <>
        <h1 tabIndex={-1}>Signing you in</h1>
        <p class="lead" role="status">
          One moment…
        </p>
      </>
    )
  }
  return (
    <>
      <h1 tabIndex={-1}>You are not signed in</h1>
      <Placeholder title={failure} alert>
        <div class="placeholder-buttons">
          <button type="button" class="button primary" onClick={() => app.signIn()}>
            Sign in
          </button>
          <a class="button" href="/">
            Read the menu
          </a>
        </div>
      </Placeholder>
    </>
  )
}
