// Passkeys by a real browser: Chromium with an authenticator of its own, driven through its
// debugging pipe. The page is served by the test; what it asks the service goes through the
// AWS SDK here.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { credentials, load, password, region, start } from "./support.mjs";

const sdk = load("@aws-sdk/client-cognito-identity-provider");

/** A browser and one page of it. */
class Browser {
  static async open() {
    const browser = new Browser();
    browser.folder = mkdtempSync(path.join(tmpdir(), "poolhouse-browser-"));
    browser.process = spawn(
      process.env.CHROMIUM || "chromium",
      ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--remote-debugging-pipe", `--user-data-dir=${browser.folder}`, "about:blank"],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    );
    browser.ended = new Promise((resolve) => browser.process.once("exit", resolve));
    browser.waiting = new Map();
    browser.next = 1;
    let rest = "";
    browser.process.stdio[4].setEncoding("utf8").on("data", (piece) => {
      const messages = (rest + piece).split("\0");
      rest = messages.pop();
      for (const message of messages.map((text) => JSON.parse(text))) {
        const waits = browser.waiting.get(message.id);
        browser.waiting.delete(message.id);
        if (message.error) waits?.reject(new Error(message.error.message));
        else waits?.resolve(message.result);
      }
    });
    const { targetInfos } = await browser.send("Target.getTargets");
    const { targetId } = targetInfos.find((target) => target.type === "page");
    const attached = await browser.send("Target.attachToTarget", { targetId, flatten: true });
    browser.page = attached.sessionId;
    return browser;
  }

  send(method, params = {}, sessionId = this.page) {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  async visit(url) {
    await this.send("Page.navigate", { url });
    for (;;) {
      const { result } = await this.send("Runtime.evaluate", {
        expression: `document.readyState === "complete" && location.href.startsWith(${JSON.stringify(url)})`,
      });
      if (result.value) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async run(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression, awaitPromise: true, returnByValue: true, userGesture: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** `navigator.credentials.create`, as a page does it. */
  create(options) {
    return this.run(`navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(options)}),
    }).then((credential) => credential.toJSON())`);
  }

  /** `navigator.credentials.get`, as a page does it. */
  get(options) {
    return this.run(`navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(${options}),
    }).then((credential) => credential.toJSON())`);
  }

  async close() {
    this.process.kill("SIGTERM");
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

let server;
let admin;
let page;
let browser;

before(async () => {
  server = await start();
  admin = new sdk.CognitoIdentityProviderClient({ endpoint: server.url, region, credentials });
  page = createServer((_, answer) => answer.end("<!doctype html><title>passkeys</title>"));
  await new Promise((resolve) => page.listen(0, "127.0.0.1", resolve));
  browser = await Browser.open();
  await browser.visit(`http://localhost:${page.address().port}/`);
});

after(async () => {
  await browser?.close();
  page?.close();
  admin.destroy();
  assert.equal(await server.stop(), 0);
});

/** A pool that allows passkeys, an app client, a user and the user's access token. */
async function house(userVerification = "preferred", factorConfiguration = "SINGLE_FACTOR") {
  const made = await admin.send(
    new sdk.CreateUserPoolCommand({
      PoolName: "passkeys",
      Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "WEB_AUTHN"] } },
    }),
  );
  const pool = made.UserPool.Id;
  await admin.send(
    new sdk.SetUserPoolMfaConfigCommand({
      UserPoolId: pool,
      WebAuthnConfiguration: {
        RelyingPartyId: "localhost", UserVerification: userVerification,
        FactorConfiguration: factorConfiguration,
      },
    }),
  );
  const client = await admin.send(
    new sdk.CreateUserPoolClientCommand({
      UserPoolId: pool, ClientName: "passkeys",
      ExplicitAuthFlows: ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    }),
  );
  const app = client.UserPoolClient.ClientId;
  await admin.send(
    new sdk.AdminCreateUserCommand({ UserPoolId: pool, Username: "amelia", MessageAction: "SUPPRESS" }),
  );
  await admin.send(
    new sdk.AdminSetUserPasswordCommand({
      UserPoolId: pool, Username: "amelia", Password: password, Permanent: true,
    }),
  );
  const signedIn = await admin.send(
    new sdk.InitiateAuthCommand({
      ClientId: app, AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: "amelia", PASSWORD: password },
    }),
  );
  return { app, token: signedIn.AuthenticationResult.AccessToken };
}

/** Gives the browser an authenticator; its id. */
async function authenticator(more = {}) {
  await browser.send("WebAuthn.enable");
  const { authenticatorId } = await browser.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true, ...more,
    },
  });
  return authenticatorId;
}

async function register({ token }) {
  const begun = await admin.send(new sdk.StartWebAuthnRegistrationCommand({ AccessToken: token }));
  const credential = await browser.create(begun.CredentialCreationOptions);
  await admin.send(
    new sdk.CompleteWebAuthnRegistrationCommand({ AccessToken: token, Credential: credential }),
  );
}

async function signIn({ app }) {
  const asked = await admin.send(
    new sdk.InitiateAuthCommand({
      ClientId: app, AuthFlow: "USER_AUTH",
      AuthParameters: { USERNAME: "amelia", PREFERRED_CHALLENGE: "WEB_AUTHN" },
    }),
  );
  assert.equal(asked.ChallengeName, "WEB_AUTHN");
  const credential = await browser.get(asked.ChallengeParameters.CREDENTIAL_REQUEST_OPTIONS);
  const answered = await admin.send(
    new sdk.RespondToAuthChallengeCommand({
      ClientId: app, ChallengeName: "WEB_AUTHN", Session: asked.Session,
      ChallengeResponses: { USERNAME: "amelia", CREDENTIAL: JSON.stringify(credential) },
    }),
  );
  return answered.AuthenticationResult;
}

test("a passkey made in Chromium signs in, is listed and is removed", async () => {
  const made = await house();
  const id = await authenticator();
  await register(made);
  const listed = await admin.send(new sdk.ListWebAuthnCredentialsCommand({ AccessToken: made.token }));
  assert.equal(listed.Credentials.length, 1);
  assert.equal(listed.Credentials[0].RelyingPartyId, "localhost");
  assert.equal(listed.Credentials[0].AuthenticatorAttachment, "platform");
  assert.deepEqual(listed.Credentials[0].AuthenticatorTransports, ["internal"]);
  for (let time = 0; time < 3; time++) {
    const tokens = await signIn(made);
    const user = await admin.send(new sdk.GetUserCommand({ AccessToken: tokens.AccessToken }));
    assert.equal(user.Username, "amelia");
  }
  // The browser leaves out an authenticator that has one already.
  await assert.rejects(register(made), /InvalidStateError/);
  await admin.send(
    new sdk.DeleteWebAuthnCredentialCommand({
      AccessToken: made.token, CredentialId: listed.Credentials[0].CredentialId,
    }),
  );
  const left = await admin.send(new sdk.ListWebAuthnCredentialsCommand({ AccessToken: made.token }));
  assert.equal(left.Credentials.length, 0);
  await browser.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: id });
});

test("a security key of the older kind registers with its own attestation", async () => {
  const made = await house();
  const id = await authenticator({ transport: "usb", hasUserVerification: true });
  const begun = await admin.send(new sdk.StartWebAuthnRegistrationCommand({ AccessToken: made.token }));
  const options = { ...begun.CredentialCreationOptions, attestation: "direct" };
  const credential = await browser.create(options);
  await admin.send(
    new sdk.CompleteWebAuthnRegistrationCommand({ AccessToken: made.token, Credential: credential }),
  );
  assert.ok((await signIn(made)).AccessToken);
  await browser.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: id });
});

test("a copied authenticator is refused once the original went on", async () => {
  const made = await house("required", "MULTI_FACTOR_WITH_USER_VERIFICATION");
  const id = await authenticator();
  await register(made);
  await signIn(made);
  const { credentials: held } = await browser.send("WebAuthn.getCredentials", { authenticatorId: id });
  await signIn(made);
  // Put back as it was before the last sign-in: the same key, an older counter.
  await browser.send("WebAuthn.removeCredential", {
    authenticatorId: id, credentialId: held[0].credentialId,
  });
  await browser.send("WebAuthn.addCredential", { authenticatorId: id, credential: held[0] });
  await assert.rejects(signIn(made), { name: "NotAuthorizedException" });
  await browser.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: id });
});
