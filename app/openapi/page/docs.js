// Starts Swagger UI on the page. What it needs to know stands in the attributes of the element.
"use strict";

const { document: address, redirect, clientId, audience } =
  document.getElementById("docs").dataset;

// What a person in a browser can do: of all ways to ask an issuer for a token, sign in; or paste one.
const isForPeople = (scheme) =>
  scheme.get("type") === "oauth2"
    ? scheme.get("flow") === "authorization_code"
    : scheme.get("scheme") === "bearer";

const onlyForPeople = () => ({
  statePlugins: {
    auth: {
      wrapSelectors: {
        definitionsToAuthorize:
          (original) =>
          (...parameters) =>
            original(...parameters)?.filter((definition) => definition.every(isForPeople)),
      },
    },
  },
});

const ui = SwaggerUIBundle({
  url: address,
  dom_id: "#docs",
  deepLinking: true,
  layout: "BaseLayout",
  oauth2RedirectUrl: new URL(redirect, location.href).href,
  plugins: [onlyForPeople],
  presets: [SwaggerUIBundle.presets.apis],
  // Nobody else is told of the document.
  validatorUrl: null,
});

ui.initOAuth({
  additionalQueryStringParams: { audience },
  clientId,
  usePkceWithAuthorizationCodeGrant: true,
});
