// A certified OpenID provider on loopback that people sign in at, on its own plain pages:
// node people.mjs PORT AUDIENCE ORIGIN
//
// Its one client is a page at ORIGIN, without a secret. Whoever signs in as `admin` may change the menu
// of AUDIENCE; its ID tokens say nothing of roles. It ends with its standard input, and so with the
// process that has started it.

import { generateKeyPairSync } from 'node:crypto';

import { Provider } from 'oidc-provider';

const [port, audience, origin] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const permissions = ['create:items', 'update:items', 'delete:items'];

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'page',
      token_endpoint_auth_method: 'none',
      redirect_uris: [`${origin}/callback`],
      post_logout_redirect_uris: [`${origin}/`],
      grant_types: ['authorization_code', 'refresh_token'],
    },
  ],
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
  clientBasedCORS: (ctx, from) => from === origin,
  cookies: { keys: ['only for tests'] },
  extraTokenClaims: (ctx, { accountId }) => ({
    permissions: accountId === 'admin' ? permissions : [],
  }),
  features: {
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: permissions.join(' '),
        audience,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
    revocation: { enabled: true },
  },
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `Somebody called ${id}`, email: `${id}@elsewhere.test` }),
  }),
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig' }] },
});

provider.on('server_error', (ctx, error) => console.error(error));
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
process.stdin.on('end', () => process.exit()).resume();
