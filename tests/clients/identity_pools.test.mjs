// The AWS SDK's credential providers against the server: from a user's sign-in through an
// identity pool to a request that the server verifies.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { credentials, load, password, region, start } from "./support.mjs";

const idp = load("@aws-sdk/client-cognito-identity-provider");
const identity = load("@aws-sdk/client-cognito-identity");
const { GetCallerIdentityCommand, STSClient } = load("@aws-sdk/client-sts");
const single = load("@aws-sdk/credential-provider-cognito-identity");
const all = load("@aws-sdk/credential-providers");

let server;
let users;
let admin;
let userPool;
let app;
let provider;
let identityPoolId;

before(async () => {
  server = await start();
  const settings = { endpoint: server.url, region, credentials };
  users = new idp.CognitoIdentityProviderClient(settings);
  admin = new identity.CognitoIdentityClient(settings);
  const pool = await users.send(new idp.CreateUserPoolCommand({ PoolName: "javascript" }));
  userPool = pool.UserPool.Id;
  const client = await users.send(
    new idp.CreateUserPoolClientCommand({
      UserPoolId: userPool,
      ClientName: "javascript",
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    }),
  );
  app = client.UserPoolClient.ClientId;
  provider = `cognito-idp.${region}.amazonaws.com/${userPool}`;
  const made = await admin.send(
    new identity.CreateIdentityPoolCommand({
      IdentityPoolName: "javascript",
      AllowUnauthenticatedIdentities: true,
      CognitoIdentityProviders: [{ ProviderName: provider, ClientId: app }],
    }),
  );
  identityPoolId = made.IdentityPoolId;
  await admin.send(
    new identity.SetIdentityPoolRolesCommand({
      IdentityPoolId: identityPoolId,
      Roles: {
        authenticated: "arn:aws:iam::123456789012:role/User",
        unauthenticated: "arn:aws:iam::123456789012:role/Guest",
      },
    }),
  );
});

after(async () => {
  users.destroy();
  admin.destroy();
  assert.equal(await server.stop(), 0);
});

async function signIn(username) {
  await users.send(
    new idp.AdminCreateUserCommand({ UserPoolId: userPool, Username: username, MessageAction: "SUPPRESS" }),
  );
  await users.send(
    new idp.AdminSetUserPasswordCommand({
      UserPoolId: userPool,
      Username: username,
      Password: password,
      Permanent: true,
    }),
  );
  const answer = await users.send(
    new idp.InitiateAuthCommand({
      ClientId: app,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: username, PASSWORD: password },
    }),
  );
  return { [provider]: answer.AuthenticationResult.IdToken };
}

/** Asks the server who signs with what a provider gives. */
async function who(given) {
  const sts = new STSClient({ endpoint: server.url, region, credentials: given });
  try {
    return (await sts.send(new GetCallerIdentityCommand({}))).Arn;
  } finally {
    sts.destroy();
  }
}

const arn = (role) => `arn:aws:sts::123456789012:assumed-role/${role}/CognitoIdentityCredentials`;

test("the provider of the small package signs in a user", async () => {
  const logins = await signIn("ada");
  const client = new identity.CognitoIdentityClient({ endpoint: server.url, region });
  const given = single.fromCognitoIdentityPool({ client, identityPoolId, logins });
  assert.equal(await who(given), arn("User"));
  assert.equal((await given()).identityId.split(":")[0], region);
  client.destroy();
});

test("the provider of the large package asks for a fresh token each time", async () => {
  const tokens = await signIn("grace");
  const given = all.fromCognitoIdentityPool({
    clientConfig: { endpoint: server.url, region },
    identityPoolId,
    logins: { [provider]: async () => tokens[provider] },
  });
  assert.equal(await who(given), arn("User"));
});

test("a guest has the guests' role", async () => {
  const given = all.fromCognitoIdentityPool({ clientConfig: { endpoint: server.url, region }, identityPoolId });
  assert.equal(await who(given), arn("Guest"));
});

test("a forged token gives nothing", async () => {
  const given = all.fromCognitoIdentityPool({
    clientConfig: { endpoint: server.url, region },
    identityPoolId,
    logins: { [provider]: "a.b.c" },
  });
  await assert.rejects(given(), { name: "NotAuthorizedException" });
});

test("the basic flow goes through the web identity provider", async () => {
  const made = await admin.send(
    new identity.CreateIdentityPoolCommand({
      IdentityPoolName: "classic",
      AllowUnauthenticatedIdentities: false,
      AllowClassicFlow: true,
      CognitoIdentityProviders: [{ ProviderName: provider, ClientId: app }],
    }),
  );
  const roleArn = "arn:aws:iam::123456789012:role/Classic";
  await admin.send(
    new identity.SetIdentityPoolRolesCommand({
      IdentityPoolId: made.IdentityPoolId,
      Roles: { authenticated: roleArn },
    }),
  );
  const Logins = await signIn("hedy");
  const { IdentityId } = await admin.send(
    new identity.GetIdCommand({ IdentityPoolId: made.IdentityPoolId, Logins }),
  );
  const { Token } = await admin.send(new identity.GetOpenIdTokenCommand({ IdentityId, Logins }));
  const given = all.fromWebToken({
    roleArn,
    webIdentityToken: Token,
    roleSessionName: "web",
    clientConfig: { endpoint: server.url, region },
  });
  assert.equal(await who(given), "arn:aws:sts::123456789012:assumed-role/Classic/web");
});
