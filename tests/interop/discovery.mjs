// What a strict client makes of the API: node discovery.mjs API RESOURCE TOKEN
//
// Written as JSON: the metadata of RESOURCE (RFC 9728), and the challenges of API to TOKEN, which may
// be empty (RFC 9110, section 11.6.1).

import * as oauth from 'oauth4webapi';

const [api, resource, token] = process.argv.slice(2);
const overHttp = { [oauth.allowInsecureRequests]: true };

const identifier = new URL(resource);
const answer = await oauth.resourceDiscoveryRequest(identifier, overHttp);
const metadata = await oauth.processResourceDiscoveryResponse(identifier, answer);

// It can ask with a token only, so the header of a request without one is taken out again.
const options = {
  ...overHttp,
  [oauth.customFetch]: (address, { headers: { authorization, ...others }, ...rest }) =>
    fetch(address, { ...rest, headers: token ? { authorization, ...others } : others }),
};
const challenges = await oauth
  .protectedResourceRequest(token || 'none', 'DELETE', new URL(api), {}, null, options)
  .then(
    () => [],
    (error) => error.cause,
  );
console.log(JSON.stringify({ metadata, challenges }));
