// A custom sign-in: a sum that keeps simple programs away, then the user's passphrase.
//
// Bind it to DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse. The
// passphrase is the user's attribute `custom:passphrase`, which no app client may read.

import { createHash, randomInt, timingSafeEqual } from "node:crypto";

const TRIES = 4;
const passed = (request) => request.session.filter((step) => step.challengeResult).length;
const digest = (text) => createHash("sha256").update(text).digest();

function define({ session, userNotFound = false, ...request }, response) {
  const done = passed({ session, ...request }) === 2;
  const failed = !done && session.length >= TRIES;
  response.issueTokens = done && !userNotFound;
  response.failAuthentication = failed || (done && userNotFound);
  if (!done && !failed) response.challengeName = "CUSTOM_CHALLENGE";
}

function create(request, response) {
  if (passed(request) === 0) {
    const [left, right] = [randomInt(1, 10), randomInt(1, 10)];
    response.publicChallengeParameters = { question: `${left} + ${right}` };
    response.privateChallengeParameters = { answer: String(left + right) };
    response.challengeMetadata = "SUM";
  } else {
    response.publicChallengeParameters = { question: "passphrase" };
    // A user without one has no right answer.
    response.privateChallengeParameters = { answer: request.userAttributes["custom:passphrase"] ?? "" };
    response.challengeMetadata = "PASSPHRASE";
  }
}

function verify({ privateChallengeParameters: { answer }, challengeAnswer }, response) {
  response.answerCorrect = answer !== "" && timingSafeEqual(digest(answer), digest(challengeAnswer));
}

const steps = {
  DefineAuthChallenge_Authentication: define,
  CreateAuthChallenge_Authentication: create,
  VerifyAuthChallengeResponse_Authentication: verify,
};

export async function handler(event) {
  steps[event.triggerSource](event.request, event.response);
  return event;
}
