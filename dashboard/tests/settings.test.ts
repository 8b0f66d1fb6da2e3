import { describe, expect, test } from 'vitest'
import { readSettings } from '../src/settings'
import { policy } from '../vite/policy'

const LOCAL = {
  VITE_API_URL: 'http://127.0.0.1:7000/',
  VITE_AUTH0_DOMAIN: 'http://127.0.0.1:7001/',
  VITE_AUTH0_CLIENT_ID: 'dashboard',
  VITE_AUTH0_AUDIENCE: 'https://menu-api.demo.com',
}

describe('settings', () => {
  test('of the local tenant', () => {
    expect(readSettings(LOCAL)).toEqual({
      api: 'http://127.0.0.1:7000',
      clientId: 'dashboard',
      audience: 'https://menu-api.demo.com',
      provider: { kind: 'auth0', domain: 'http://127.0.0.1:7001' },
    })
  })

  test('of an Auth0 tenant, whose domain has no scheme', () => {
    const settings = readSettings({ ...LOCAL, VITE_AUTH0_DOMAIN: 'menu.eu.auth0.com' })
    expect(settings.provider).toEqual({ kind: 'auth0', domain: 'https://menu.eu.auth0.com' })
  })

  test('of another provider, whose issuer is taken as it is spelled', () => {
    const issuer = 'https://id.example/realms/menu'
    const settings = readSettings({ ...LOCAL, VITE_OIDC_ISSUER: issuer })
    expect(settings.provider).toEqual({ kind: 'openid', issuer, scope: 'openid' })
  })

  test.each([
    [{ VITE_API_URL: '' }, 'VITE_API_URL is not set.'],
    [{ VITE_API_URL: 'javascript:alert(1)' }, 'VITE_API_URL is not an http'],
    [{ VITE_AUTH0_CLIENT_ID: ' ' }, 'VITE_AUTH0_CLIENT_ID is not set.'],
    [{ VITE_AUTH0_DOMAIN: 'a b' }, 'VITE_AUTH0_DOMAIN is not an http'],
    [{ VITE_OIDC_ISSUER: 'id.example' }, 'VITE_OIDC_ISSUER is not an http'],
  ])('that are wrong are named: %o', (wrong, message) => {
    expect(() => readSettings({ ...LOCAL, ...wrong })).toThrow(message)
  })
})

describe('the content security policy', () => {
  test('lets the page call the API and the provider, and no one else', () => {
    expect(policy(LOCAL)).toContain('connect-src http://127.0.0.1:7000 http://127.0.0.1:7001;')
    expect(policy(LOCAL)).toContain("frame-src 'self' http://127.0.0.1:7001;")
    expect(policy(LOCAL)).toContain("default-src 'none'; script-src 'self';")
  })

  test('names the origins that another provider needs besides its own', () => {
    const other = {
      VITE_OIDC_ISSUER: 'https://id.example/x',
      VITE_OIDC_ORIGINS: 'https://t.example',
    }
    expect(policy({ ...LOCAL, ...other })).toContain(
      'connect-src http://127.0.0.1:7000 https://id.example https://t.example;',
    )
  })
})
