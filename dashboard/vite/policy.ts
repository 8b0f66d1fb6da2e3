import type { Plugin } from 'vite'
import { auth0Domain } from '../src/settings.ts'

/**
 * Give the built page a content security policy, made of the settings.
 *
 * Not the page of `vite dev`, which brings scripts in its text and calls home.
 */
export function contentSecurityPolicy(environment: Record<string, string>): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: policy(environment) },
          injectTo: 'head-prepend',
        },
      ],
    },
  }
}

/** Return the policy of a page with these settings. */
export function policy(environment: Record<string, string>): string {
  const { VITE_API_URL = '', VITE_AUTH0_DOMAIN = '', VITE_OIDC_ISSUER = '' } = environment
  const issuer = new URL(VITE_OIDC_ISSUER || auth0Domain(VITE_AUTH0_DOMAIN)).origin
  const others = (environment.VITE_OIDC_ORIGINS ?? '').split(/\s+/).filter(Boolean)
  const called = [new URL(VITE_API_URL).origin, issuer, ...others].join(' ')
  return Object.entries({
    'default-src': "'none'",
    'script-src': "'self'",
    'worker-src': "'self'",
    'style-src': "'self'",
    'font-src': "'self'",
    // The pictures of a menu come from anywhere.
    'img-src': "'self' https: http:",
    'connect-src': called,
    // For renewing a session silently; its answer may come back to this origin in the frame.
    'frame-src': ["'self'", issuer, ...others].join(' '),
    'base-uri': "'none'",
    'form-action': "'none'",
  })
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}
