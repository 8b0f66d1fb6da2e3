import type { Application } from '../app'
import { roleText, type User } from '../auth/user'
import { useObserved } from '../observable'
import { Placeholder } from './placeholder'

/** Who is signed in. */
export function ProfilePage({ app }: { app: Application }) {
  const session = useObserved(app.session.state)
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Profile</h1>
      </div>
      {session.kind === 'in' && <Known user={session.user} />}
      {session.kind === 'out' && (
        <Placeholder title={session.ended ? 'Your session has ended' : 'Nobody is signed in'}>
          <p>Sign in to see your name, your role and when your session ends.</p>
          <button type="button" class="button primary" onClick={() => app.signIn()}>
            Sign in
          </button>
        </Placeholder>
      )}
    </>
  )
}

const when = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'short' })

function Known({ user }: { user: User }) {
  return (
    <div class="profile">
      <div class="avatar" aria-hidden="true">
        {initials(user.name)}
      </div>
      <dl>
        <div>
          <dt>Name</dt>
          <dd>{user.name}</dd>
        </div>
        <div>
          <dt>E-mail</dt>
          <dd>{user.email ?? 'Not told'}</dd>
        </div>
        <div>
          <dt>Role</dt>
          <dd>{roleText(user)}</dd>
        </div>
        <div>
          <dt>Session ends</dt>
          <dd>
            {user.sessionEnds ? (
              <time dateTime={user.sessionEnds.toISOString()}>{when.format(user.sessionEnds)}</time>
            ) : (
              'Not told'
            )}
          </dd>
        </div>
      </dl>
    </div>
  )
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '')
    .join('')
}
