// A page with oidc-client-ts and nothing else: a test does all with `manager`. Names in capitals are
// put in when it is bundled.
import { UserManager } from "oidc-client-ts";

window.manager = new UserManager({
  authority: TENANT,
  client_id: "dashboard",
  redirect_uri: `${location.origin}/callback`,
  post_logout_redirect_uri: `${location.origin}/`,
  loadUserInfo: true,
  extraQueryParams: { audience: AUDIENCE },
  ...window.options,
});
if (location.pathname === "/callback") {
  await manager.signinCallback();
}
const user = await manager.getUser();
document.querySelector("output").textContent = user?.profile.name ?? "nobody";
