import { Refused, SessionEnded, SignInUnreachable, Unreachable } from '../api/errors'
import { Gone } from './menu'

/** Why something did not work, in words for the user. */
export interface Explanation {
  readonly title: string
  readonly text: string
  /** Whether signing in may help. */
  readonly signIn: boolean
}

/** Explain why the menu was not changed or read. */
export function explain(error: unknown): Explanation {
  if (error instanceof SessionEnded) return signIn(error.code)
  if (error instanceof SignInUnreachable) {
    return say('The sign-in service does not answer', 'Nothing was changed. Try again in a moment.')
  }
  if (error instanceof Unreachable) {
    return say('The menu’s API cannot be reached', 'Check that it runs and that you are online.')
  }
  if (error instanceof Gone) {
    return say('This item is no longer on the menu', 'Somebody has deleted it meanwhile.')
  }
  if (error instanceof Refused) return refused(error)
  // A fault of this page: the console has it in full.
  console.error(error)
  return say('Something went wrong in this page', 'Load it again, and try once more.')
}

function refused(error: Refused): Explanation {
  switch (error.status) {
    case 403:
      return say('You may not do this', 'Your account lacks the permission to change the menu.')
    case 413:
      return say('That is too much text', 'Shorten it and save again.')
    case 422:
      return say('Some of this cannot be saved', 'See what is said below, and save again.')
    case 429:
      return say('That was too much at once', later(error))
    case 503:
      return say('The API cannot answer right now', later(error))
    default:
      return say(`The API answered ${error.status}`, error.detail || 'It gave no reason.')
  }
}

function later({ retryAfter, detail }: Refused): string {
  // Without a time, the API may not know whether the change was made, and says so.
  if (retryAfter === undefined) return detail || 'Try again in a moment.'
  const minutes = Math.ceil(retryAfter / 60)
  return retryAfter < 90
    ? `Try again in ${Math.ceil(retryAfter)} s.`
    : `Try again in ${minutes} min.`
}

/** @param code the API's, if it refuses even a new token: it tells an operator why. */
function signIn(code: string | undefined): Explanation {
  const why = code ? ` (The API says ${code}.)` : ''
  return {
    title: 'Your session has ended',
    text: `Sign in again to go on. What you typed is kept.${why}`,
    signIn: true,
  }
}

function say(title: string, text: string): Explanation {
  return { title, text, signIn: false }
}
