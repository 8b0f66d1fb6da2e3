/** The claims about the user that the page reads, of the ID token or of userinfo. */
export type Claims = Readonly<Record<string, unknown>>

export interface SignIn {
  /** The path to show afterwards. */
  readonly returnTo: string
  /** Whether to make a new account. */
  readonly create: boolean
}

/** An OpenID provider, through the library that speaks with it. */
export interface Provider {
  /** Find again who is signed in, after the page was loaded anew. */
  restore(): Promise<void>
  /** Leave the page, to sign in. */
  signIn(options: SignIn): Promise<void>
  /** Read the answer to a sign-in from the page's address; returns the path to show. */
  finish(address: string): Promise<string | undefined>
  /** Leave the page, to sign out. */
  signOut(): Promise<void>
  /** Return what is known of the user, or nothing if nobody is signed in. */
  claims(): Promise<Claims | undefined>
  /** Return an access token, which only the API understands. */
  accessToken(fresh: boolean): Promise<string | undefined>
}

/** The path to which the provider sends the user back. */
export const CALLBACK = '/callback'

/** Return the address of a path of this page, as it is registered at the provider. */
export function here(path: string): string {
  return new URL(path, window.location.origin).href
}
