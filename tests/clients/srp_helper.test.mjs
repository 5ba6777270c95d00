// cognito-srp-helper: SRP by a client that is nobody's library but its own, with the AWS SDK
// as carrier; and the device exchange that it knows besides.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { credentials, load, password, region, start } from "./support.mjs";

const sdk = load("@aws-sdk/client-cognito-identity-provider");
const srp = load("cognito-srp-helper");

let server;
let admin;
let pool;
let app;

before(async () => {
  server = await start();
  admin = new sdk.CognitoIdentityProviderClient({ endpoint: server.url, region, credentials });
  const made = await admin.send(
    new sdk.CreateUserPoolCommand({
      PoolName: "srp helper",
      DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false },
    }),
  );
  pool = made.UserPool.Id;
  const client = await admin.send(
    new sdk.CreateUserPoolClientCommand({
      UserPoolId: pool, ClientName: "srp helper",
      ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    }),
  );
  app = client.UserPoolClient.ClientId;
  await admin.send(
    new sdk.AdminCreateUserCommand({ UserPoolId: pool, Username: "amelia", MessageAction: "SUPPRESS" }),
  );
  await admin.send(
    new sdk.AdminSetUserPasswordCommand({
      UserPoolId: pool, Username: "amelia", Password: password, Permanent: true,
    }),
  );
});

after(async () => {
  admin.destroy();
  assert.equal(await server.stop(), 0);
});

/** Signs in by SRP; the answer may ask for the device. */
async function signIn(secret, deviceKey) {
  const session = srp.createSrpSession("amelia", secret, pool, false);
  const begin = srp.wrapInitiateAuth(session, {
    ClientId: app, AuthFlow: "USER_SRP_AUTH",
    AuthParameters: {
      CHALLENGE_NAME: "SRP_A", USERNAME: "amelia", ...(deviceKey && { DEVICE_KEY: deviceKey }),
    },
  });
  const asked = await admin.send(new sdk.InitiateAuthCommand(begin));
  const answer = srp.wrapAuthChallenge(srp.signSrpSession(session, asked), {
    ClientId: app, ChallengeName: "PASSWORD_VERIFIER",
    ChallengeResponses: { USERNAME: "amelia", ...(deviceKey && { DEVICE_KEY: deviceKey }) },
    Session: asked.Session,
  });
  return { session, answer: await admin.send(new sdk.RespondToAuthChallengeCommand(answer)) };
}

test("the right password signs in and a wrong one does not", async () => {
  const { answer } = await signIn(password);
  assert.ok(answer.AuthenticationResult.AccessToken);
  await assert.rejects(signIn("Wrong-Horse-7"), { name: "NotAuthorizedException" });
});

test("a remembered device is proven after the password", async () => {
  const first = (await signIn(password)).answer.AuthenticationResult;
  const { DeviceKey, DeviceGroupKey } = first.NewDeviceMetadata;
  const { DeviceRandomPassword, DeviceSecretVerifierConfig } =
    srp.createDeviceVerifier(DeviceKey, DeviceGroupKey);
  await admin.send(
    new sdk.ConfirmDeviceCommand({
      AccessToken: first.AccessToken, DeviceKey, DeviceName: "test", DeviceSecretVerifierConfig,
    }),
  );
  const prove = async (secret) => {
    const { session, answer: asked } = await signIn(password, DeviceKey);
    assert.equal(asked.ChallengeName, "DEVICE_SRP_AUTH");
    const half = await admin.send(
      new sdk.RespondToAuthChallengeCommand(
        srp.wrapAuthChallenge(session, {
          ClientId: app, ChallengeName: "DEVICE_SRP_AUTH", Session: asked.Session,
          ChallengeResponses: { USERNAME: "amelia", DEVICE_KEY: DeviceKey },
        }),
      ),
    );
    const signed = srp.signSrpSessionWithDevice(session, half, DeviceGroupKey, secret);
    return admin.send(
      new sdk.RespondToAuthChallengeCommand(
        srp.wrapAuthChallenge(signed, {
          ClientId: app, ChallengeName: "DEVICE_PASSWORD_VERIFIER", Session: half.Session,
          ChallengeResponses: { USERNAME: "amelia", DEVICE_KEY: DeviceKey },
        }),
      ),
    );
  };
  const { AuthenticationResult: again } = await prove(DeviceRandomPassword);
  assert.ok(again.AccessToken);
  assert.equal(again.NewDeviceMetadata, undefined);
  await assert.rejects(prove("not-the-devices-password"), { name: "NotAuthorizedException" });
});
