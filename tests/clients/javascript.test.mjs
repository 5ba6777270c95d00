// The JavaScript clients against the server: the AWS SDK, the browser library with its
// own SRP, and the vendor's token verifier.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { credentials, load, password, region, start } from "./support.mjs";

const sdk = load("@aws-sdk/client-cognito-identity-provider");
const { AuthenticationDetails, CognitoRefreshToken, CognitoUser, CognitoUserAttribute, CognitoUserPool } =
  load("amazon-cognito-identity-js");
const { CognitoJwtVerifier, JwtVerifier } = load("aws-jwt-verify");

let server;
let admin;
let pool;
let app;

before(async () => {
  server = await start();
  admin = new sdk.CognitoIdentityProviderClient({ endpoint: server.url, region, credentials });
});

after(async () => {
  admin.destroy();
  assert.equal(await server.stop(), 0);
});

beforeEach(async () => {
  const made = await admin.send(
    new sdk.CreateUserPoolCommand({ PoolName: "javascript", AutoVerifiedAttributes: ["email"] }),
  );
  pool = made.UserPool.Id;
  app = await appClient();
});

async function appClient(more = {}) {
  const made = await admin.send(
    new sdk.CreateUserPoolClientCommand({
      UserPoolId: pool,
      ClientName: "javascript",
      ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      PreventUserExistenceErrors: "ENABLED",
      ...more,
    }),
  );
  return made.UserPoolClient.ClientId;
}

async function confirmed(username) {
  await admin.send(
    new sdk.AdminCreateUserCommand({
      UserPoolId: pool,
      Username: username,
      MessageAction: "SUPPRESS",
      UserAttributes: [
        { Name: "email", Value: `${username}@example.com` },
        { Name: "email_verified", Value: "true" },
      ],
    }),
  );
  await admin.send(
    new sdk.AdminSetUserPasswordCommand({
      UserPoolId: pool, Username: username, Password: password, Permanent: true,
    }),
  );
}

const browserPool = () => new CognitoUserPool({ UserPoolId: pool, ClientId: app, endpoint: server.url });

const called = (call) =>
  new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));

function signIn(user, secret = password, newPassword) {
  return new Promise((resolve, reject) => {
    user.authenticateUser(new AuthenticationDetails({ Username: user.getUsername(), Password: secret }), {
      onSuccess: resolve,
      onFailure: reject,
      newPasswordRequired: () =>
        user.completeNewPasswordChallenge(newPassword, {}, { onSuccess: resolve, onFailure: reject }),
    });
  });
}

test("amazon-cognito-identity-js: sign up, confirm, sign in by SRP, refresh, groups, sign out", async () => {
  const email = "js@example.com";
  const made = await called((done) =>
    browserPool().signUp("js", password, [new CognitoUserAttribute({ Name: "email", Value: email })], [], done));
  assert.equal(made.userConfirmed, false);
  const user = new CognitoUser({ Username: "js", Pool: browserPool() });
  await assert.rejects(signIn(user), { code: "UserNotConfirmedException" });
  await called((done) => user.confirmRegistration(server.code(email), true, done));

  await admin.send(new sdk.CreateGroupCommand({ UserPoolId: pool, GroupName: "scripts" }));
  await admin.send(new sdk.AdminAddUserToGroupCommand({ UserPoolId: pool, Username: "js", GroupName: "scripts" }));
  const session = await signIn(user);
  assert.deepEqual(session.getIdToken().payload["cognito:groups"], ["scripts"]);
  assert.equal(session.getIdToken().payload.email, email);

  const token = new CognitoRefreshToken({ RefreshToken: session.getRefreshToken().getToken() });
  const again = await called((done) => user.refreshSession(token, done));
  assert.notEqual(again.getAccessToken().getJwtToken(), session.getAccessToken().getJwtToken());
  const attributes = await called((done) => user.getUserAttributes(done));
  assert.equal(attributes.find((attribute) => attribute.Name === "email").Value, email);

  await new Promise((onSuccess, onFailure) => user.globalSignOut({ onSuccess, onFailure }));
  await assert.rejects(
    admin.send(new sdk.GetUserCommand({ AccessToken: again.getAccessToken().getJwtToken() })),
    { name: "NotAuthorizedException", message: "Access Token has been revoked" },
  );
});

test("amazon-cognito-identity-js: a wrong password and an unknown user look alike", async () => {
  await confirmed("js-wrong");
  for (const Username of ["js-wrong", "js-nobody"]) {
    const user = new CognitoUser({ Username, Pool: browserPool() });
    await assert.rejects(signIn(user, "Wrong-Horse-7"), {
      code: "NotAuthorizedException",
      message: "Incorrect username or password.",
    });
  }
});

test("amazon-cognito-identity-js: sign-up that is switched off is refused", async () => {
  await admin.send(
    new sdk.UpdateUserPoolCommand({
      UserPoolId: pool, AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    }),
  );
  await assert.rejects(
    called((done) => browserPool().signUp("js-late", password, [], [], done)),
    { code: "NotAuthorizedException", message: "SignUp is not permitted for this user pool" },
  );
});

test("amazon-cognito-identity-js: a temporary password by SRP asks for a new one", async () => {
  await admin.send(
    new sdk.AdminCreateUserCommand({
      UserPoolId: pool, Username: "js-temporary", TemporaryPassword: "Temporary-Horse-1", MessageAction: "SUPPRESS",
    }),
  );
  const user = new CognitoUser({ Username: "js-temporary", Pool: browserPool() });
  const session = await signIn(user, "Temporary-Horse-1", password);
  assert.equal(session.getAccessToken().payload.username, "js-temporary");
  await signIn(new CognitoUser({ Username: "js-temporary", Pool: browserPool() }));
});

test("amazon-cognito-identity-js: a remembered device proves itself at the next sign-in", async () => {
  await admin.send(
    new sdk.UpdateUserPoolCommand({
      UserPoolId: pool,
      DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true },
    }),
  );
  await confirmed("amelia");
  // One storage for both, as a browser has it.
  const storage = new Map();
  const Storage = {
    getItem: (key) => storage.get(key) ?? null,
    setItem: (key, value) => storage.set(key, value),
    removeItem: (key) => storage.delete(key),
    clear: () => storage.clear(),
  };
  const known = () =>
    new CognitoUser({ Username: "amelia", Pool: browserPool(), Storage });
  const deviceOf = (session) => session.getAccessToken().decodePayload().device_key;
  const user = known();
  const first = await signIn(user);
  await called((done) =>
    user.setDeviceStatusRemembered({ onSuccess: (value) => done(null, value), onFailure: done }));
  const device = await called((done) =>
    user.getDevice({ onSuccess: (value) => done(null, value), onFailure: done }));
  assert.equal(device.Device.DeviceKey, deviceOf(first));
  const again = await signIn(known());
  assert.equal(deviceOf(again), deviceOf(first));
  const refreshed = await called((done) =>
    user.refreshSession(new CognitoRefreshToken({ RefreshToken: again.getRefreshToken().getToken() }), done));
  assert.equal(deviceOf(refreshed), deviceOf(first));
  await called((done) =>
    user.forgetDevice({ onSuccess: (value) => done(null, value), onFailure: done }));
});

test("AWS SDK: password sign-in without credentials, sign-out by revocation", async () => {
  await confirmed("js-sdk");
  const anonymous = new sdk.CognitoIdentityProviderClient({ endpoint: server.url, region });
  const { AuthenticationResult: tokens } = await anonymous.send(
    new sdk.InitiateAuthCommand({
      ClientId: app,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: "js-sdk", PASSWORD: password },
    }),
  );
  const me = await anonymous.send(new sdk.GetUserCommand({ AccessToken: tokens.AccessToken }));
  assert.equal(me.Username, "js-sdk");
  await anonymous.send(new sdk.RevokeTokenCommand({ Token: tokens.RefreshToken, ClientId: app }));
  await assert.rejects(anonymous.send(new sdk.GetUserCommand({ AccessToken: tokens.AccessToken })), {
    name: "NotAuthorizedException",
  });
  anonymous.destroy();
});

test("AWS SDK: a browser may call from another origin", async () => {
  const answer = await fetch(server.url, {
    method: "OPTIONS",
    headers: {
      origin: "https://app.example.com",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,x-amz-target,x-amz-user-agent",
    },
  });
  assert.ok(answer.ok);
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
});

test("aws-jwt-verify: tokens of the endpoint's issuer pass, tampered ones do not", async () => {
  await confirmed("js-verify");
  const session = await signIn(new CognitoUser({ Username: "js-verify", Pool: browserPool() }));
  const issuer = `${server.url}/${pool}`;
  const jwks = await (await fetch(`${issuer}/.well-known/jwks.json`)).json();
  // The verifier itself fetches over TLS alone, so the keys are handed to it.
  const verifier = JwtVerifier.create({ issuer, audience: app, jwksUri: "https://localhost/unused" });
  verifier.cacheJwks(jwks);
  const token = session.getIdToken().getJwtToken();
  const payload = await verifier.verify(token);
  assert.equal(payload["cognito:username"], "js-verify");
  const [head, , signature] = token.split(".");
  const forged = Buffer.from(JSON.stringify({ ...payload, "cognito:groups": ["admins"] })).toString("base64url");
  await assert.rejects(verifier.verify(`${head}.${forged}.${signature}`), /Invalid signature/);
});

/** Calls an operation of Poolhouse's own on a server that trusts any signature. */
async function engineCall(url, operation, request) {
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const answer = await fetch(url, {
    method: "POST",
    body: JSON.stringify(request),
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `Poolhouse.${operation}`,
      "x-amz-date": now,
      authorization:
        `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${now.slice(0, 8)}/${region}/poolhouse/aws4_request, ` +
        `SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=${"0".repeat(64)}`,
    },
  });
  assert.equal(answer.status, 200, await answer.text());
}

test("aws-jwt-verify: the vendor's own verifier takes tokens of the vendor's issuer", async () => {
  const vendor = await start("--any-credentials");
  try {
    const idp = new sdk.CognitoIdentityProviderClient({ endpoint: vendor.url, region, credentials });
    const made = await idp.send(new sdk.CreateUserPoolCommand({ PoolName: "vendor" }));
    const userPoolId = made.UserPool.Id;
    await engineCall(vendor.url, "SetUserPoolIssuer", {
      UserPoolId: userPoolId, Issuer: `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`,
    });
    const client = await idp.send(
      new sdk.CreateUserPoolClientCommand({
        UserPoolId: userPoolId, ClientName: "vendor", ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      }),
    );
    const clientId = client.UserPoolClient.ClientId;
    await idp.send(new sdk.AdminCreateUserCommand({ UserPoolId: userPoolId, Username: "js", MessageAction: "SUPPRESS" }));
    await idp.send(new sdk.AdminSetUserPasswordCommand({
      UserPoolId: userPoolId, Username: "js", Password: password, Permanent: true,
    }));
    await idp.send(new sdk.CreateGroupCommand({ UserPoolId: userPoolId, GroupName: "members" }));
    await idp.send(new sdk.AdminAddUserToGroupCommand({ UserPoolId: userPoolId, Username: "js", GroupName: "members" }));
    const { AuthenticationResult: tokens } = await idp.send(
      new sdk.InitiateAuthCommand({
        ClientId: clientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: "js", PASSWORD: password },
      }),
    );
    const jwks = await (await fetch(`${vendor.url}/${userPoolId}/.well-known/jwks.json`)).json();
    for (const [tokenUse, token] of [["id", tokens.IdToken], ["access", tokens.AccessToken]]) {
      const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse, groups: "members" });
      verifier.cacheJwks(jwks);
      assert.equal((await verifier.verify(token)).sub.length, 36);
      const strict = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse, groups: "others" });
      strict.cacheJwks(jwks);
      await assert.rejects(strict.verify(token), /group/i);
    }
    idp.destroy();
  } finally {
    await vendor.stop();
  }
});
