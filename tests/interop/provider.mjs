// A certified OpenID provider on loopback: node provider.mjs PORT KEYS AUDIENCE
//
// It issues access tokens for AUDIENCE to its clients, whose names say what kind of token they get.
// Its signing keys are in the file KEYS, which it makes if there is none; all else it knows ends with
// it. It ends with its standard input, and so with the process that has started it.

import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { Provider } from 'oidc-provider';

const [port, keysFile, audience] = process.argv.slice(2);
const secret = 'a secret + 100% of it: the same for all clients';
const permissions = ['create:items', 'update:items', 'delete:items'];

const makers = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};

function signingKeys() {
  if (!existsSync(keysFile)) {
    const keys = Object.values(makers).map((make) => ({
      ...make().privateKey.export({ format: 'jwk' }),
      use: 'sig',
    }));
    writeFileSync(keysFile, JSON.stringify(keys));
  }
  return JSON.parse(readFileSync(keysFile, 'utf8'));
}

const encryption = { alg: 'RSA-OAEP-256', enc: 'A256GCM', key: makers.RS256().publicKey };

// What the resource server demands of a client's access tokens, by the client's name.
const signed = (alg) => ({ accessTokenFormat: 'jwt', jwt: { sign: { alg } } });
const formats = {
  rs256: signed('RS256'),
  ps256: signed('PS256'),
  es256: signed('ES256'),
  eddsa: signed('EdDSA'),
  reader: signed('RS256'),
  expired: signed('RS256'),
  certificate: signed('RS256'),
  opaque: { accessTokenFormat: 'opaque' },
  'opaque-certificate': { accessTokenFormat: 'opaque' },
  encrypted: { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' }, encrypt: encryption } },
};

const clients = [...Object.keys(formats), 'api'].map((name) => ({
  client_id: name,
  client_secret: secret,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  tls_client_certificate_bound_access_tokens: name.endsWith('certificate'),
}));

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  jwks: { keys: signingKeys() },
  enabledJWA: { dPoPSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'] },
  extraTokenClaims: (ctx, token) => ({
    permissions: token.clientId === 'reader' ? [] : permissions,
  }),
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    dPoP: { enabled: true },
    introspection: { enabled: true },
    mTLS: {
      enabled: true,
      certificateBoundAccessTokens: true,
      // The words of the proxy that did the TLS handshake, as nginx writes them.
      getCertificate: (ctx) => decodeURIComponent(ctx.get('Client-Cert')) || undefined,
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      getResourceServerInfo: (ctx, resource, client) => ({
        scope: '',
        audience: resource,
        accessTokenTTL: 600,
        ...formats[client.clientId],
      }),
    },
    revocation: { enabled: true },
  },
  formats: {
    customizers: {
      jwt: (ctx, token, { payload }) => {
        if (token.clientId === 'expired') {
          payload.exp = payload.iat - 60;
        }
      },
    },
  },
});

provider.on('server_error', (ctx, error) => console.error(error));
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
process.stdin.on('end', () => process.exit()).resume();
