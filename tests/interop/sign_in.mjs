// Sign-in clients by others: node sign_in.mjs CLIENT ISSUER ID SECRET AUDIENCE DPOP
//
// CLIENT has the admin sign in at the local tenant, asks who it was, refreshes its tokens, revokes
// them and signs out, as its documentation says. An empty SECRET is that of a public client; DPOP is
// the algorithm of a key that tokens are bound to, or empty. Written as JSON:
//   claims     those of the ID token
//   userinfo   what the tenant says of the user
//   tokens     the access tokens, before and after the refresh
//   type       the type of the second one
//   revoked    the error of a refresh with the token that was revoked
//   left       where the browser is sent after signing out

import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';

const [client, issuer, id, secret, audience, algorithm] = process.argv.slice(2);
const callback = 'http://127.0.0.1:5173/callback';
const bye = 'http://127.0.0.1:5173/bye';
const scope = 'openid profile email offline_access create:items';

// A browser without scripts, in which the admin is clicked on.
const cookies = new Map();

async function open(address, options = {}) {
  const url = new URL(address, issuer);
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { ...options.headers, cookie };
  const response = await fetch(url, { ...options, headers, redirect: 'manual' });
  for (const line of response.headers.getSetCookie()) {
    const [name, value] = line.split(';')[0].split('=');
    cookies.set(name, value);
  }
  return response;
}

async function signIn(address) {
  const page = (await open(address)).headers.get('location');
  const answer = await open(page, {
    method: 'POST',
    headers: { origin: new URL(issuer).origin },
    body: new URLSearchParams({ account: 'auth0|admin' }),
  });
  return new URL(answer.headers.get('location'));
}

async function signOut(address) {
  return (await open(address)).headers.get('location');
}

const clients = {
  async oauth4webapi() {
    const overHttp = { [oauth.allowInsecureRequests]: true };
    const found = await oauth.discoveryRequest(new URL(issuer), overHttp);
    const server = await oauth.processDiscoveryResponse(new URL(issuer), found);
    const self = { client_id: id };
    const auth = secret ? oauth.ClientSecretBasic(secret) : oauth.None();
    const DPoP = algorithm && oauth.DPoP(self, await oauth.generateKeyPair(algorithm));
    const options = DPoP ? { ...overHttp, DPoP } : overHttp;
    const verifier = oauth.generateRandomCodeVerifier();
    const [nonce, state] = [oauth.generateRandomNonce(), oauth.generateRandomState()];
    const address = new URL(server.authorization_endpoint);
    address.search = new URLSearchParams({
      client_id: id,
      redirect_uri: callback,
      response_type: 'code',
      scope,
      audience,
      nonce,
      state,
      max_age: '60',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(DPoP && { dpop_jkt: await DPoP.calculateThumbprint() }),
    });
    const parameters = oauth.validateAuthResponse(server, self, await signIn(address), state);
    const answer = await oauth.authorizationCodeGrantRequest(
      ...[server, self, auth, parameters, callback, verifier, options],
    );
    const first = await oauth.processAuthorizationCodeResponse(server, self, answer, {
      expectedNonce: nonce,
      maxAge: 60,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(server, answer, overHttp);
    const claims = oauth.getValidatedIdTokenClaims(first);
    const userinfo = await oauth.processUserInfoResponse(
      ...[server, self, claims.sub],
      await oauth.userInfoRequest(server, self, first.access_token, options),
    );
    const refresh = async (token) =>
      oauth.processRefreshTokenResponse(
        ...[server, self],
        await oauth.refreshTokenGrantRequest(server, self, auth, token, options),
      );
    const second = await refresh(first.refresh_token);
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, self, auth, second.refresh_token, overHttp),
    );
    const revoked = await refresh(second.refresh_token).then(null, ({ error }) => error);
    const end = new URL(server.end_session_endpoint);
    end.search = new URLSearchParams({
      id_token_hint: second.id_token,
      post_logout_redirect_uri: bye,
    });
    return { first, second, claims, userinfo, revoked, left: await signOut(end) };
  },

  async 'openid-client'() {
    const auth = secret ? openid.ClientSecretPost(secret) : openid.None();
    const config = await openid.discovery(new URL(issuer), id, undefined, auth, {
      execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks],
    });
    const options = algorithm && {
      DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair(algorithm)),
    };
    const verifier = openid.randomPKCECodeVerifier();
    const [nonce, state] = [openid.randomNonce(), openid.randomState()];
    const parameters = {
      redirect_uri: callback,
      ...{ scope, audience, nonce, state },
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    const address = openid.buildAuthorizationUrl(config, parameters, options || undefined);
    const first = await openid.authorizationCodeGrant(
      ...[config, await signIn(address)],
      { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state },
      ...[undefined, options || undefined],
    );
    const claims = first.claims();
    const userinfo = await openid.fetchUserInfo(
      ...[config, first.access_token, claims.sub, options || undefined],
    );
    const refresh = (token) =>
      openid.refreshTokenGrant(config, token, undefined, options || undefined);
    const second = await refresh(first.refresh_token);
    await openid.tokenRevocation(config, second.refresh_token);
    const revoked = await refresh(second.refresh_token).then(null, ({ error }) => error);
    const left = await signOut(
      openid.buildEndSessionUrl(config, {
        id_token_hint: second.id_token,
        post_logout_redirect_uri: bye,
      }),
    );
    return { first, second, claims, userinfo, revoked, left };
  },

  // It is made for browsers, for which it asks the moment it is loaded. It knows no proof for
  // userinfo, which is asked for here only where tokens are not bound.
  async 'oidc-client-ts'() {
    const nothing = { getItem: () => null, setItem() {}, removeItem() {}, key() {}, length: 0 };
    Object.assign(globalThis, { window: globalThis, localStorage: nothing });
    globalThis.sessionStorage = nothing;
    const { InMemoryWebStorage, OidcClient, WebStorageStateStore } = await import('oidc-client-ts');
    const keys = new Map();
    const self = new OidcClient({
      authority: issuer,
      client_id: id,
      client_secret: secret || undefined,
      redirect_uri: callback,
      post_logout_redirect_uri: bye,
      scope,
      extraQueryParams: { audience },
      stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
      loadUserInfo: !algorithm,
      ...(algorithm && {
        dpop: {
          bind_authorization_code: true,
          store: {
            set: async (key, value) => keys.set(key, value),
            get: async (key) => keys.get(key),
            getAllKeys: async () => [...keys.keys()],
          },
        },
      }),
    });
    const { url } = await self.createSigninRequest({ nonce: 'nonce' });
    const first = await self.processSigninResponse((await signIn(url)).href);
    const refresh = (token) =>
      self.useRefreshToken({
        state: { refresh_token: token, profile: first.profile, scope, session_state: null },
      });
    const second = await refresh(first.refresh_token);
    await self.revokeToken(second.refresh_token, 'refresh_token');
    const revoked = await refresh(second.refresh_token).then(null, ({ error }) => error);
    const leaving = await self.createSignoutRequest({ id_token_hint: first.id_token });
    const claims = JSON.parse(Buffer.from(first.id_token.split('.')[1], 'base64url'));
    const left = await signOut(leaving.url);
    return { first, second, claims, userinfo: first.profile, revoked, left };
  },
};

const { first, second, claims, userinfo, revoked, left } = await clients[client]();
const tokens = [first.access_token, second.access_token];
console.log(JSON.stringify({ claims, userinfo, tokens, type: second.token_type, revoked, left }));
