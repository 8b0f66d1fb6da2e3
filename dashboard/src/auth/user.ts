import type { Claims } from './provider'

/** The claim in the ID token that says which roles the user has; an Auth0 Action puts it there. */
export const ROLES_CLAIM = 'https://menu-api.demo.com/roles'

/** The role that may change the menu. */
const ADMIN = 'menu-admin'

export interface User {
  readonly name: string
  readonly email: string | undefined
  /** Nothing if the provider does not say. */
  readonly roles: readonly string[] | undefined
  readonly sessionEnds: Date | undefined
}

/** Return what a provider says of the user, and nothing that is of another type than it should be. */
export function userOf(claims: Claims): User {
  const email = text(claims.email)
  const roles = claims[ROLES_CLAIM]
  // `session_expiry` is what Auth0 says of a session with a fixed end.
  const ends = claims.session_expiry ?? claims.exp
  return {
    name:
      text(claims.name) ??
      text(claims.nickname) ??
      text(claims.preferred_username) ??
      email ??
      'Somebody',
    email,
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : undefined,
    sessionEnds: typeof ends === 'number' ? new Date(ends * 1000) : undefined,
  }
}

/**
 * Tell whether to show the controls that change the menu.
 *
 * It is no protection: the API decides. A provider that says nothing of roles leaves it all to the API.
 */
export function mayEdit(user: User): boolean {
  return user.roles?.includes(ADMIN) ?? true
}

/** Say in words what the user may do here. */
export function roleText(user: User): string {
  if (user.roles === undefined) return 'Known to the API only'
  if (user.roles.includes(ADMIN)) return 'Menu admin: may add, edit and delete'
  return 'Diner: may read the menu'
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
