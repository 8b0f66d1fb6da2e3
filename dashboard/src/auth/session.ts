import { SessionEnded, SignInUnreachable } from '../api/errors'
import type { TokenSource } from '../api/renewal'
import { type Observable, observable } from '../observable'
import { hasCode, needsUser } from './answers'
import type { Provider, SignIn } from './provider'
import { type User, userOf } from './user'

export type SessionState =
  /** Not known yet. */
  | { readonly kind: 'starting' }
  /** `ended`: somebody was signed in until a moment ago. */
  | { readonly kind: 'out'; readonly ended: boolean }
  | { readonly kind: 'in'; readonly user: User }

/** Who uses the page, and the tokens for the API. */
export class Session implements TokenSource {
  readonly state: Observable<SessionState> = observable<SessionState>({ kind: 'starting' })

  constructor(private readonly provider: Provider) {}

  /** Find out who is signed in. Whatever goes wrong, nobody is. */
  async restore(): Promise<void> {
    await this.provider.restore().catch(() => undefined)
    await this.look()
  }

  /**
   * Finish a sign-in whose answer is in an address; returns the path to show.
   *
   * @throws whatever the provider's library raises: see `signInProblem`.
   */
  async finish(address: string): Promise<string> {
    try {
      return (await this.provider.finish(address)) ?? '/'
    } finally {
      await this.look()
    }
  }

  /** @throws SignInUnreachable if the sign-in service does not answer. */
  async signIn(options: SignIn): Promise<void> {
    try {
      await this.provider.signIn(options)
    } catch (cause) {
      throw new SignInUnreachable('No sign-in page.', { cause })
    }
  }

  /** @throws SignInUnreachable if the sign-in service does not answer. */
  async signOut(): Promise<void> {
    try {
      await this.provider.signOut()
    } catch (cause) {
      throw new SignInUnreachable('No sign-out page.', { cause })
    }
  }

  async accessToken(fresh: boolean): Promise<string> {
    const token = await this.asked(fresh)
    if (token === undefined) throw this.ended()
    // The provider's session may meanwhile be another user's.
    if (fresh) await this.look()
    return token
  }

  private async asked(fresh: boolean): Promise<string | undefined> {
    try {
      return await this.provider.accessToken(fresh)
    } catch (cause) {
      if (hasCode(cause) && needsUser(cause.error)) throw this.ended()
      throw new SignInUnreachable('No token.', { cause })
    }
  }

  private ended(): SessionEnded {
    this.state.set({ kind: 'out', ended: true })
    return new SessionEnded()
  }

  private async look(): Promise<void> {
    const claims = await this.provider.claims()
    this.state.set(claims ? { kind: 'in', user: userOf(claims) } : { kind: 'out', ended: false })
  }
}
