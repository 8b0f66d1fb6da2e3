// DPoP clients by others: node clients.mjs CLIENT ALGORITHM ISSUER ID SECRET RESOURCE
//
// CLIENT gets an access token that is bound to a key of its own (RFC 9449), and makes four DELETE
// requests as its documentation says. The last one is not sent. Written as JSON:
//   ended     the status with which each request ended that was sent
//   answers   the status of each answer, those included that the client has dealt with by itself
//   held      the headers of the request that was not sent

import * as dpop from 'dpop';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';

const [client, algorithm, issuer, id, secret, resource] = process.argv.slice(2);
const url = new URL(resource);
const basic = `Basic ${btoa([id, secret].map(encodeURIComponent).join(':'))}`;

const answers = [];
let held = null;
let isLast = false;

// Stands in for fetch.
async function watched(address, options) {
  if (new URL(address).origin !== url.origin) {
    return fetch(address, options);
  }
  if (isLast) {
    held = Object.fromEntries(new Headers(options.headers));
    return new Response();
  }
  const response = await fetch(address, options);
  answers.push(response.status);
  return response;
}

// Each returns a function that makes a request and returns the answer with which it ends.
const clients = {
  async oauth4webapi() {
    const overHttp = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: watched };
    const self = { client_id: id };
    const found = await oauth.discoveryRequest(new URL(issuer), overHttp);
    const server = await oauth.processDiscoveryResponse(new URL(issuer), found);
    const DPoP = oauth.DPoP(self, await oauth.generateKeyPair(algorithm));
    const options = { ...overHttp, DPoP };
    const auth = oauth.ClientSecretBasic(secret);
    const answer = await oauth.clientCredentialsGrantRequest(server, self, auth, {}, options);
    const { access_token: token } = await oauth.processClientCredentialsResponse(
      server,
      self,
      answer,
    );
    const ask = () => oauth.protectedResourceRequest(token, 'DELETE', url, {}, null, options);
    return async () => {
      try {
        return await ask();
      } catch (error) {
        if (oauth.isDPoPNonceError(error)) {
          return ask();
        }
        throw error;
      }
    };
  },

  async 'openid-client'() {
    const auth = openid.ClientSecretBasic(secret);
    const config = await openid.discovery(new URL(issuer), id, undefined, auth, {
      execute: [openid.allowInsecureRequests],
      [openid.customFetch]: watched,
    });
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair(algorithm));
    const { access_token: token } = await openid.clientCredentialsGrant(config, {}, { DPoP });
    return () =>
      openid.fetchProtectedResource(config, token, url, 'DELETE', null, undefined, { DPoP });
  },

  async dpop() {
    const keys = await dpop.generateKeyPair(algorithm);
    const endpoint = `${issuer}/token`;
    const token = await bound(endpoint, await dpop.generateProof(keys, endpoint, 'POST'));
    return requests(token, (nonce) =>
      dpop.generateProof(keys, resource, 'DELETE', nonce, token),
    );
  },

  // It is made for browsers, for which it asks the moment it is loaded.
  async 'oidc-client-ts'() {
    const nothing = { getItem: () => null, setItem() {}, removeItem() {} };
    Object.assign(globalThis, { window: globalThis, localStorage: nothing });
    globalThis.sessionStorage = nothing;
    const { OidcClient, UserManager } = await import('oidc-client-ts');
    const states = new Map();
    const store = {
      set: async (key, value) => states.set(key, value),
      get: async (key) => states.get(key),
      getAllKeys: async () => [...states.keys()],
    };
    const settings = { authority: issuer, client_id: id, redirect_uri: issuer, dpop: { store } };
    const manager = new UserManager(settings);
    const proof = await new OidcClient({
      ...settings,
      metadata: { token_endpoint: `${issuer}/token` },
    }).getDpopProof(store);
    const token = await bound(`${issuer}/token`, proof);
    return requests(token, (nonce) =>
      manager.dpopProof(resource, { access_token: token }, 'DELETE', nonce),
    );
  },
};

// What the clients that only make proofs leave to the application.

async function bound(endpoint, proof) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { Authorization: basic, DPoP: proof },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return (await response.json()).access_token;
}

function requests(token, prove) {
  let nonce;
  const ask = async () => {
    const headers = { Authorization: `DPoP ${token}`, DPoP: await prove(nonce) };
    const response = await watched(resource, { method: 'DELETE', headers });
    nonce = response.headers.get('DPoP-Nonce') ?? nonce;
    return response;
  };
  return async () => {
    const response = await ask();
    const challenge = response.headers.get('WWW-Authenticate') ?? '';
    return challenge.includes('error="use_dpop_nonce"') ? ask() : response;
  };
}

const request = await clients[client]();
const ended = [];
for (let count = 0; count < 3; count += 1) {
  ended.push((await request()).status);
}
isLast = true;
await request();
console.log(JSON.stringify({ ended, answers, held }));
