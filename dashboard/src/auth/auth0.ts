import { Auth0Client } from '@auth0/auth0-spa-js'
import workerUrl from '@auth0/auth0-spa-js/dist/auth0-spa-js.worker.production.js?url'
import type { Settings } from '../settings'
import { CALLBACK, type Claims, here, type Provider, type SignIn } from './provider'

/** Seconds for an answer of the provider while the user waits. */
const TIMEOUT = 10

/** Auth0, or what has Auth0's addresses: `/authorize`, `/oauth/token`, `/v2/logout`. */
export class Auth0Provider implements Provider {
  private readonly client: Auth0Client

  constructor(settings: Settings, domain: string) {
    this.client = new Auth0Client({
      domain,
      clientId: settings.clientId,
      // No token is ever stored. The refresh token lies in a worker, out of reach of a script that
      // gets into the page; after a reload the provider's own session gives new ones, in an iframe.
      cacheLocation: 'memory',
      useRefreshTokens: true,
      useRefreshTokensFallback: true,
      // A file of our own: the content security policy refuses a worker made from text.
      workerUrl,
      authorizeTimeoutInSeconds: TIMEOUT,
      httpTimeoutInSeconds: TIMEOUT,
      authorizationParams: {
        redirect_uri: here(CALLBACK),
        ...(settings.audience && { audience: settings.audience }),
      },
    })
  }

  restore(): Promise<void> {
    return this.client.checkSession()
  }

  signIn({ create, returnTo }: SignIn): Promise<void> {
    return this.client.loginWithRedirect<string>({
      appState: returnTo,
      ...(create && { authorizationParams: { screen_hint: 'signup' } }),
    })
  }

  async finish(address: string): Promise<string | undefined> {
    return (await this.client.handleRedirectCallback<string>(address)).appState
  }

  signOut(): Promise<void> {
    return this.client.logout({ logoutParams: { returnTo: here('/') } })
  }

  claims(): Promise<Claims | undefined> {
    return this.client.getIdTokenClaims()
  }

  accessToken(fresh: boolean): Promise<string | undefined> {
    return this.client.getTokenSilently({ cacheMode: fresh ? 'off' : 'on' })
  }
}
