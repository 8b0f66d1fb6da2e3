// A page with auth0-spa-js and nothing else: a test does all with `client`. Names in capitals are put
// in when it is bundled.
import { createAuth0Client } from "@auth0/auth0-spa-js";

window.client = await createAuth0Client({
  domain: TENANT,
  clientId: "dashboard",
  authorizationParams: { redirect_uri: `${location.origin}/callback`, audience: AUDIENCE },
  ...window.options,
});
if (location.pathname === "/callback" && location.search) {
  await client.handleRedirectCallback();
  history.replaceState(null, "", "/");
}
const user = await client.getUser();
document.querySelector("output").textContent = user?.name ?? "nobody";
