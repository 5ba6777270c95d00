// Amplify against the server: the library that browser and mobile developers use.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { credentials, load, password, region, start } from "./support.mjs";

const sdk = load("@aws-sdk/client-cognito-identity-provider");
const { Amplify } = load("aws-amplify");
const auth = load("aws-amplify/auth");
const { cognitoUserPoolsTokenProvider } = load("aws-amplify/auth/cognito");

// Amplify names a device after the browser.
globalThis.navigator ??= { userAgent: "tests", platform: "tests" };

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

/** What a browser keeps between two pages. */
function storage() {
  const kept = new Map();
  return {
    setItem: async (name, value) => void kept.set(name, value),
    getItem: async (name) => kept.get(name) ?? null,
    removeItem: async (name) => void kept.delete(name),
    clear: async () => kept.clear(),
  };
}

async function begin(settings = {}, mfa) {
  const made = await admin.send(
    new sdk.CreateUserPoolCommand({
      PoolName: "amplify",
      AutoVerifiedAttributes: ["email"],
      EmailConfiguration: {
        EmailSendingAccount: "DEVELOPER",
        SourceArn: `arn:aws:ses:${region}:123456789012:identity/example.com`,
      },
      ...settings,
    }),
  );
  pool = made.UserPool.Id;
  if (mfa) await admin.send(new sdk.SetUserPoolMfaConfigCommand({ UserPoolId: pool, ...mfa }));
  const client = await admin.send(
    new sdk.CreateUserPoolClientCommand({
      UserPoolId: pool,
      ClientName: "amplify",
      ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      PreventUserExistenceErrors: "ENABLED",
    }),
  );
  app = client.UserPoolClient.ClientId;
  Amplify.configure({
    Auth: { Cognito: { userPoolId: pool, userPoolClientId: app, userPoolEndpoint: server.url } },
  });
  cognitoUserPoolsTokenProvider.setKeyValueStorage(storage());
}

beforeEach(() => begin());

async function confirmed(username) {
  await auth.signUp({
    username,
    password,
    options: { userAttributes: { email: `${username}@example.com` } },
  });
  const code = await server.code(`${username}@example.com`);
  const done = await auth.confirmSignUp({ username, confirmationCode: code });
  assert.equal(done.isSignUpComplete, true);
}

/** RFC 6238, as an authenticator app does it. */
function totp(secret, steps = 0) {
  let bits = "";
  for (const letter of secret.replaceAll("=", "")) {
    bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  }
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("sign-up, sign-in by SRP, groups, refresh and sign-out", async () => {
  await confirmed("ada");
  await admin.send(new sdk.CreateGroupCommand({ UserPoolId: pool, GroupName: "crew" }));
  await admin.send(
    new sdk.AdminAddUserToGroupCommand({ UserPoolId: pool, GroupName: "crew", Username: "ada" }),
  );
  await assert.rejects(auth.signIn({ username: "ada", password: "Wrong-Horse-7" }), {
    name: "NotAuthorizedException",
  });
  const signedIn = await auth.signIn({ username: "ada", password });
  assert.equal(signedIn.isSignedIn, true);
  const session = await auth.fetchAuthSession();
  assert.deepEqual(session.tokens.accessToken.payload["cognito:groups"], ["crew"]);
  assert.equal((await auth.fetchUserAttributes()).email, "ada@example.com");
  const later = await auth.fetchAuthSession({ forceRefresh: true });
  assert.equal(later.tokens.idToken.payload.auth_time, session.tokens.idToken.payload.auth_time);
  assert.notEqual(String(later.tokens.accessToken), String(session.tokens.accessToken));
  await auth.signOut({ global: true });
  await assert.rejects(auth.getCurrentUser(), { name: "UserUnAuthenticatedException" });
  await assert.rejects(
    admin.send(new sdk.GetUserCommand({ AccessToken: String(later.tokens.accessToken) })),
    { name: "NotAuthorizedException" },
  );
});

test("a forgotten password is replaced", async () => {
  await confirmed("bob");
  const asked = await auth.resetPassword({ username: "bob" });
  assert.equal(asked.nextStep.resetPasswordStep, "CONFIRM_RESET_PASSWORD_WITH_CODE");
  await auth.confirmResetPassword({
    username: "bob",
    newPassword: "Another-Horse-8",
    confirmationCode: await server.code("bob@example.com"),
  });
  assert.equal((await auth.signIn({ username: "bob", password: "Another-Horse-8" })).isSignedIn, true);
  await auth.signOut();
});

test("an authenticator app is set up and then asked for", async () => {
  await begin({}, { MfaConfiguration: "OPTIONAL", SoftwareTokenMfaConfiguration: { Enabled: true } });
  await confirmed("eve");
  await auth.signIn({ username: "eve", password });
  const { sharedSecret } = await auth.setUpTOTP();
  await assert.rejects(auth.verifyTOTPSetup({ code: "000000" }), { name: "EnableSoftwareTokenMFAException" });
  await auth.verifyTOTPSetup({ code: totp(sharedSecret) });
  await auth.updateMFAPreference({ totp: "PREFERRED" });
  assert.deepEqual(await auth.fetchMFAPreference(), { enabled: ["TOTP"], preferred: "TOTP" });
  await auth.signOut();
  const asked = await auth.signIn({ username: "eve", password });
  assert.equal(asked.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_TOTP_CODE");
  const wrong = totp(sharedSecret, 40);
  await assert.rejects(auth.confirmSignIn({ challengeResponse: wrong }), { name: "CodeMismatchException" });
  // The code that set it up was used; the next one is within the window of one step.
  const done = await auth.confirmSignIn({ challengeResponse: totp(sharedSecret, 1) });
  assert.equal(done.isSignedIn, true);
  await auth.signOut();
});

test("a pool that demands a second factor lets its users set one up", async () => {
  await begin({}, { MfaConfiguration: "ON", SoftwareTokenMfaConfiguration: { Enabled: true } });
  await confirmed("kim");
  const asked = await auth.signIn({ username: "kim", password });
  assert.equal(asked.nextStep.signInStep, "CONTINUE_SIGN_IN_WITH_TOTP_SETUP");
  const done = await auth.confirmSignIn({
    challengeResponse: totp(asked.nextStep.totpSetupDetails.sharedSecret),
  });
  assert.equal(done.isSignedIn, true);
  await auth.signOut();
});

test("a code by e-mail signs in without a password", async () => {
  await begin({ Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "EMAIL_OTP"] } } });
  await confirmed("liv");
  const asked = await auth.signIn({
    username: "liv",
    options: { authFlowType: "USER_AUTH", preferredChallenge: "EMAIL_OTP" },
  });
  assert.equal(asked.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_EMAIL_CODE");
  await assert.rejects(auth.confirmSignIn({ challengeResponse: "00000000" }), { name: "CodeMismatchException" });
  const done = await auth.confirmSignIn({ challengeResponse: await server.code("liv@example.com") });
  assert.equal(done.isSignedIn, true);
  await auth.signOut();
});

test("without a preference the user selects a first factor", async () => {
  await begin({ Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "EMAIL_OTP"] } } });
  await confirmed("mia");
  const asked = await auth.signIn({ username: "mia", options: { authFlowType: "USER_AUTH" } });
  assert.equal(asked.nextStep.signInStep, "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION");
  assert.ok(asked.nextStep.availableChallenges.includes("EMAIL_OTP"));
  await auth.confirmSignIn({ challengeResponse: "EMAIL_OTP" });
  const done = await auth.confirmSignIn({ challengeResponse: await server.code("mia@example.com") });
  assert.equal(done.isSignedIn, true);
  await auth.signOut();
});

test("a remembered device stands in for the second factor", async () => {
  await begin(
    { DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true } },
    { MfaConfiguration: "OPTIONAL", SoftwareTokenMfaConfiguration: { Enabled: true } },
  );
  await confirmed("ned");
  await auth.signIn({ username: "ned", password });
  const { sharedSecret } = await auth.setUpTOTP();
  await auth.verifyTOTPSetup({ code: totp(sharedSecret) });
  await auth.updateMFAPreference({ totp: "PREFERRED" });
  await auth.rememberDevice();
  assert.equal((await auth.fetchDevices()).length, 1);
  await auth.signOut();
  const again = await auth.signIn({ username: "ned", password });
  assert.equal(again.isSignedIn, true, JSON.stringify(again.nextStep));
  await auth.forgetDevice();
  await auth.signOut();
  const asked = await auth.signIn({ username: "ned", password });
  assert.equal(asked.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_TOTP_CODE");
});
