// A certified OpenID Provider for the tests: node provider.mjs PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI
// Every login is let in. "ann@example.org" has that address, verified; "ann@example.org#2" is somebody else with the same
// address, "ann@example.org#unverified" one whose address is not verified, and "#nobody" one without an address.

import Provider from "oidc-provider";

const [port, client_id, client_secret, redirect_uri] = process.argv.slice(2);

const claimsOf = (login) => {
  const [email, mark] = login.split("#");
  return { sub: login, email: email || undefined, email_verified: email ? mark !== "unverified" : undefined };
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id, client_secret, redirect_uris: [redirect_uri], grant_types: ["authorization_code"] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  findAccount: (_, login) => ({ accountId: login, claims: () => claimsOf(login) }),
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ["of the tests"] },
});

provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
