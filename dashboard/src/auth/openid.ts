import {
  ErrorResponse,
  InMemoryWebStorage,
  type SigninSilentArgs,
  type User,
  UserManager,
  WebStorageStateStore,
} from 'oidc-client-ts'
import type { Settings } from '../settings'
import { CALLBACK, type Claims, here, type Provider, type SignIn } from './provider'

/** Seconds for an answer of the provider while the user waits. */
const TIMEOUT = 10

/** Says, and nothing more, that somebody signed in here: the next load looks for the session. */
const HINT = 'menu.signed-in'

/** Any OpenID provider that publishes its metadata (OpenID Connect Discovery 1.0). */
export class OpenIdProvider implements Provider {
  private readonly manager: UserManager
  /** For which API a token is (RFC 8707): said with each request for one. */
  private readonly target: { resource?: string }
  private renewing: Promise<User | null> | undefined
  private described: { sub: string; claims: Claims } | undefined

  constructor(settings: Settings, issuer: string, scope: string) {
    this.target = settings.audience ? { resource: settings.audience } : {}
    this.manager = new UserManager({
      authority: issuer,
      client_id: settings.clientId,
      redirect_uri: here(CALLBACK),
      silent_redirect_uri: here(CALLBACK),
      post_logout_redirect_uri: here('/'),
      scope,
      // Some providers read `audience` instead, and one that knows neither ignores both.
      ...this.target,
      extraTokenParams: this.target,
      ...(settings.audience && { extraQueryParams: { audience: settings.audience } }),
      automaticSilentRenew: false,
      userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
      stateStore: new WebStorageStateStore({ store: window.sessionStorage }),
      requestTimeoutInSeconds: TIMEOUT,
      silentRequestTimeoutInSeconds: TIMEOUT,
    })
  }

  async restore(): Promise<void> {
    if (localStorage.getItem(HINT) !== null) await this.silently()
  }

  async signIn({ create, returnTo }: SignIn): Promise<void> {
    const metadata: Claims = { ...(await this.manager.metadataService.getMetadata()) }
    const prompts = metadata.prompt_values_supported
    await this.manager.signinRedirect({
      state: returnTo,
      ...(create && Array.isArray(prompts) && prompts.includes('create') && { prompt: 'create' }),
    })
  }

  async finish(address: string): Promise<string | undefined> {
    const user = await this.manager.signinRedirectCallback(address)
    localStorage.setItem(HINT, 'yes')
    return typeof user.state === 'string' ? user.state : undefined
  }

  async signOut(): Promise<void> {
    localStorage.removeItem(HINT)
    if (await this.manager.metadataService.getEndSessionEndpoint()) {
      await this.manager.signoutRedirect()
    } else {
      await this.manager.removeUser()
      window.location.assign(here('/'))
    }
  }

  async claims(): Promise<Claims | undefined> {
    const user = await this.manager.getUser()
    if (!user) return undefined
    const profile: Claims = user.profile
    if (profile.name ?? profile.email) return profile
    if (this.described?.sub !== user.profile.sub) {
      this.described = { sub: user.profile.sub, claims: await this.userInfo(user) }
    }
    return { ...this.described.claims, ...profile }
  }

  async accessToken(fresh: boolean): Promise<string | undefined> {
    const user = await this.manager.getUser()
    if (user && !user.expired && !fresh) return user.access_token
    return (await this.renewed())?.access_token
  }

  /** Renew the tokens, once for all that ask meanwhile: a refresh token may serve only once. */
  private renewed(): Promise<User | null> {
    this.renewing ??= this.renewedNow().finally(() => {
      this.renewing = undefined
    })
    return this.renewing
  }

  private async renewedNow(): Promise<User | null> {
    try {
      return await this.silently()
    } catch (error) {
      if (!(error instanceof ErrorResponse) || error.error !== 'invalid_grant') throw error
      // The refresh token is spent; the provider's own session may still hold.
      return await this.silently({ forceIframeAuth: true })
    }
  }

  private silently(how: SigninSilentArgs = {}): Promise<User | null> {
    return this.manager.signinSilent({ ...how, ...this.target, extraTokenParams: this.target })
  }

  /** Return what the provider says of a user beyond the ID token; nothing, if the token is not for that. */
  private async userInfo({ access_token, profile }: User): Promise<Claims> {
    try {
      const address = await this.manager.metadataService.getUserInfoEndpoint()
      const headers = { Authorization: `Bearer ${access_token}` }
      const response = await fetch(address, {
        headers,
        signal: AbortSignal.timeout(TIMEOUT * 1000),
      })
      const claims = (await response.json()) as Claims
      // Another's, if the two do not agree (OpenID Connect Core, section 5.3.2).
      return response.ok && claims.sub === profile.sub ? claims : {}
    } catch {
      return {}
    }
  }
}

/** Hand an answer that came into an iframe to the page around it. */
export async function tellParent(): Promise<void> {
  const settings = { authority: here('/'), client_id: '', redirect_uri: here(CALLBACK) }
  await new UserManager(settings).signinSilentCallback()
}
