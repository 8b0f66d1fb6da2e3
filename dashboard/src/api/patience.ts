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
 * Only those: they say that nothing was done. An answer that never came says nothing, and a second
 * POST could make a second item.
 */
export async function patiently<T>(send: () => Promise<T>, patience: Patience): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      const seconds = delay(error, attempt)
      if (seconds === undefined || attempt > REPETITIONS) throw error
      patience.onWait({ seconds, attempt, of: REPETITIONS })
      await patience.wait(seconds)
      patience.onWait(undefined)
    }
  }
}

function delay(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof Refused) || (error.status !== 503 && error.status !== 429)) {
    return undefined
  }
  const seconds = error.retryAfter ?? 2 ** (attempt - 1)
  return seconds <= LONGEST ? Math.max(1, Math.ceil(seconds)) : undefined
}
