/** An error as both libraries raise it: with the provider's code (RFC 6749, section 4.1.2.1). */
export interface Coded {
  readonly error: string
}

export function hasCode(error: unknown): error is Coded {
  return error instanceof Error && 'error' in error && typeof error.error === 'string'
}

/** Codes that say: only the user can go on, by signing in (OpenID Connect Core, section 3.1.2.6). */
const NEEDS_USER = new Set([
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
  'mfa_required',
  'access_denied',
  'invalid_grant',
  'missing_refresh_token',
])

/** Tell whether a provider gives no new token until the user has signed in. */
export function needsUser(code: string): boolean {
  return NEEDS_USER.has(code)
}

const WORDS: Readonly<Record<string, string>> = {
  access_denied: 'The sign-in was cancelled, or this account may not use the app.',
  login_required: 'The sign-in service wants you to sign in again.',
  temporarily_unavailable: 'The sign-in service is busy. Try again in a moment.',
  server_error: 'The sign-in service had a fault. Try again in a moment.',
  unauthorized_client: 'The sign-in service does not know this app. Check its client id.',
  invalid_request: 'The sign-in service did not understand the request. Check the settings.',
  invalid_scope: 'The sign-in service does not give what the app asks for. Check the settings.',
  invalid_target: 'The sign-in service does not know the API. Check the audience.',
  missing_transaction: 'This sign-in was begun in another window, or too long ago.',
  state_mismatch: 'This sign-in was begun in another window, or too long ago.',
}

/**
 * Say why a sign-in failed.
 *
 * The provider's own description is not shown: anybody can put one into a link to this page.
 */
export function signInProblem(error: unknown): string {
  const known = hasCode(error) ? WORDS[error.error] : undefined
  return known ?? 'The sign-in could not be finished. Start it again.'
}
