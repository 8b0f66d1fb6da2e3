import { describe, expect, test } from 'vitest'
import { SessionEnded, SignInUnreachable } from '../src/api/errors'
import { signInProblem } from '../src/auth/answers'
import type { Claims, Provider } from '../src/auth/provider'
import { Session } from '../src/auth/session'
import { mayEdit, ROLES_CLAIM, userOf } from '../src/auth/user'

class CodedError extends Error {
  constructor(readonly error: string) {
    super('<b>Call this number</b>')
  }
}

/** A provider that knows somebody, and does what a test says. */
function provider(changes: Partial<Provider> = {}): Provider {
  return {
    restore: async () => {},
    signIn: async () => {},
    finish: async () => '/profile',
    signOut: async () => {},
    claims: async () => ({ name: 'Admin' }),
    accessToken: async () => 'opaque',
    ...changes,
  }
}

const failing = (error: unknown) => async () => {
  throw error
}

describe('a session', () => {
  test('is found again', async () => {
    const session = new Session(provider())
    expect(session.state.get().kind).toBe('starting')
    await session.restore()
    expect(session.state.get()).toMatchObject({ kind: 'in', user: { name: 'Admin' } })
  })

  test('is nobody’s if the provider is down', async () => {
    const down = { restore: failing(new TypeError('fetch')), claims: async () => undefined }
    const session = new Session(provider(down))
    await session.restore()
    expect(session.state.get()).toEqual({ kind: 'out', ended: false })
  })

  test.each(['login_required', 'consent_required', 'invalid_grant', 'missing_refresh_token'])(
    'has ended when the provider says %s',
    async (code) => {
      const session = new Session(provider({ accessToken: failing(new CodedError(code)) }))
      await session.restore()
      await expect(session.accessToken(true)).rejects.toBeInstanceOf(SessionEnded)
      expect(session.state.get()).toEqual({ kind: 'out', ended: true })
    },
  )

  test.each([new CodedError('timeout'), new CodedError('request_error'), new TypeError('fetch')])(
    'has not ended when the provider does not answer: %o',
    async (error) => {
      const session = new Session(provider({ accessToken: failing(error) }))
      await session.restore()
      await expect(session.accessToken(true)).rejects.toBeInstanceOf(SignInUnreachable)
      expect(session.state.get().kind).toBe('in')
    },
  )

  test('is another user’s when the renewed token is', async () => {
    let name = 'Admin'
    const session = new Session(provider({ claims: async () => ({ name }) }))
    await session.restore()
    name = 'Diner'
    await session.accessToken(true)
    expect(session.state.get()).toMatchObject({ user: { name: 'Diner' } })
  })

  test('begins where the user was', async () => {
    const session = new Session(provider())
    expect(await session.finish('/callback?code=c&state=s')).toBe('/profile')
    expect(session.state.get().kind).toBe('in')
  })
})

describe('a failed sign-in', () => {
  test('is explained by its code', () => {
    expect(signInProblem(new CodedError('access_denied'))).toContain('cancelled')
  })

  test.each([new CodedError('<b>'), new Error('No state'), undefined, 'text'])(
    'shows nothing that a link could have put there: %o',
    (error) => {
      expect(signInProblem(error)).toBe('The sign-in could not be finished. Start it again.')
    },
  )
})

describe('a user', () => {
  const withRoles = (roles: unknown): Claims => ({ name: 'A', [ROLES_CLAIM]: roles })

  test.each([
    [withRoles(['menu-admin']), true],
    [withRoles([]), false],
    [withRoles(['waiter']), false],
    [{ name: 'A' }, true],
  ])('of %o sees the controls: %o', (claims, sees) => {
    expect(mayEdit(userOf(claims))).toBe(sees)
  })

  test('whose claims are of odd types is shown without them', () => {
    expect(userOf({ name: 7, email: [], exp: 'soon', [ROLES_CLAIM]: [7, 'menu-admin'] })).toEqual({
      name: 'Somebody',
      email: undefined,
      roles: ['menu-admin'],
      sessionEnds: undefined,
    })
  })

  test('is told when the session ends', () => {
    expect(userOf({ exp: 1_800_000_000 }).sessionEnds).toEqual(new Date(1_800_000_000_000))
    expect(userOf({ exp: 2, session_expiry: 1 }).sessionEnds).toEqual(new Date(1_000))
  })
})
