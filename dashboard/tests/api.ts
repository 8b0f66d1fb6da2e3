import { ApiClient } from '../src/api/client'
import type { Pause } from '../src/api/patience'
import type { TokenSource } from '../src/api/renewal'

/** A client that waits for nobody, and what it told. */
export function client(url: string, tokens: TokenSource = new CountedTokens()) {
  const pauses: Pause[] = []
  const api = new ApiClient(url, tokens, {
    wait: async () => {},
    onWait: (pause) => pause && pauses.push(pause),
  })
  return { api, pauses }
}

/** Gives `token-1`, and after each renewal the next. */
export class CountedTokens implements TokenSource {
  renewals = 0

  async accessToken(fresh: boolean): Promise<string> {
    if (fresh) this.renewals++
    return `token-${this.renewals + 1}`
  }
}

export function refused(status: number, code: string, more: object = {}) {
  return { status, body: { status, code, detail: 'No.', ...more } }
}
