/** What the page is told at build time: where to sign in, and where the API is. */
export interface Settings {
  /** Base address of the API, without a slash at its end. */
  readonly api: string
  readonly clientId: string
  /** The API's identifier at the provider; empty: none is asked for. */
  readonly audience: string
  readonly provider: Provider
}

export type Provider =
  | { readonly kind: 'auth0'; readonly domain: string }
  | { readonly kind: 'openid'; readonly issuer: string; readonly scope: string }

/** Raised if the page cannot work as it was set. The text names the setting. */
export class SettingsError extends Error {}

type Environment = Readonly<Record<string, unknown>>

/**
 * Read the settings from the environment that Vite puts into the page.
 *
 * @throws SettingsError if one is missing or no address.
 */
export function readSettings(environment: Environment): Settings {
  const value = (name: string) => String(environment[name] ?? '').trim()
  const required = (name: string) => {
    if (!value(name)) throw new SettingsError(`${name} is not set.`)
    return value(name)
  }
  return {
    api: withoutSlash(address('VITE_API_URL', required('VITE_API_URL'))),
    clientId: required('VITE_AUTH0_CLIENT_ID'),
    audience: value('VITE_AUTH0_AUDIENCE'),
    provider: value('VITE_OIDC_ISSUER')
      ? {
          kind: 'openid',
          issuer: address('VITE_OIDC_ISSUER', value('VITE_OIDC_ISSUER')),
          scope: value('VITE_OIDC_SCOPE') || 'openid',
        }
      : { kind: 'auth0', domain: auth0Domain(required('VITE_AUTH0_DOMAIN')) },
  }
}

/** Return a domain as an address; Auth0's own are written without the scheme. */
export function auth0Domain(domain: string): string {
  const spelled = domain.includes('://') ? domain : `https://${domain}`
  return withoutSlash(address('VITE_AUTH0_DOMAIN', spelled))
}

function address(name: string, text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new SettingsError(`${name} is not an http or https address: ${text}`)
  }
  return text
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '')
}
