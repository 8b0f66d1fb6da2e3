import { expect, test } from 'vitest'
import { Renewal, type TokenSource } from '../src/api/renewal'

/** Gives a new token only when it is told to. */
class SlowTokens implements TokenSource {
  renewals = 0
  release = () => {}
  private readonly released = new Promise<void>((done) => {
    this.release = done
  })

  async accessToken(fresh: boolean): Promise<string> {
    if (!fresh) return 'old'
    this.renewals++
    await this.released
    return `new-${this.renewals}`
  }
}

test('all who ask while a token is renewed get the one that comes', async () => {
  const tokens = new SlowTokens()
  const renewal = new Renewal(tokens)
  const asked = [renewal.insteadOf('old'), renewal.insteadOf('old')]
  await new Promise(setImmediate)
  asked.push(renewal.insteadOf('old'), renewal.token())
  tokens.release()
  expect(await Promise.all(asked)).toEqual(['new-1', 'new-1', 'new-1', 'new-1'])
  expect(tokens.renewals).toBe(1)
})
