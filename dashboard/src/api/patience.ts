import { Refused } from './errors'

export interface Patience {
  /** Wait some seconds. */
  readonly wait: (seconds: number) => Promise<void>
  /** Tell the user that the request waits, and then that it no longer does (`undefined`). */
  readonly onWait: (pause: Pause | undefined) => void
}

export interface Pause {
  readonly seconds: number
  /** Which repetition follows, from 1. */
  readonly attempt: number
  readonly of: number
}

/** How often a request is sent again. */
const REPETITIONS = 3

/** The longest time, in seconds, that a user is made to wait without being asked. */
const LONGEST = 20

/**
 * Send a request again while the API says that it cannot answer now (503) or wants fewer (429).
 *
 * @param once whether what is sent may be done once only. It is then sent again only where the API
 *   names a time (`Retry-After`), by which it says that nothing was done: without one it may not
 *   know itself, and a second POST could make a second item.
 */
export async function patiently<T>(
  send: () => Promise<T>,
  patience: Patience,
  once = false,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      const seconds = delay(error, once ? undefined : 2 ** (attempt - 1))
      if (seconds === undefined || attempt > REPETITIONS) throw error
      patience.onWait({ seconds, attempt, of: REPETITIONS })
      await patience.wait(seconds)
      patience.onWait(undefined)
    }
  }
}

/** @param unsaid seconds to wait where the API names none; nothing: none will do. */
function delay(error: unknown, unsaid: number | undefined): number | undefined {
  if (!(error instanceof Refused) || (error.status !== 503 && error.status !== 429)) {
    return undefined
  }
  const seconds = error.retryAfter ?? unsaid
  if (seconds === undefined || seconds > LONGEST) return undefined
  return Math.max(1, Math.ceil(seconds))
}
