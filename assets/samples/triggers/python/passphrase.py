"""A custom sign-in: a sum that keeps simple programs away, then the user's passphrase.

Bind it to DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse. The
passphrase is the user's attribute `custom:passphrase`, which no app client may read.
"""

import hmac
import random

TRIES = 4


def lambda_handler(event, context):
    {
        "DefineAuthChallenge_Authentication": define,
        "CreateAuthChallenge_Authentication": create,
        "VerifyAuthChallengeResponse_Authentication": verify,
    }[event["triggerSource"]](event["request"], event["response"])
    return event


def passed(request):
    return sum(step["challengeResult"] for step in request["session"])


def define(request, response):
    done = passed(request) == 2
    failed = not done and len(request["session"]) >= TRIES
    response["issueTokens"] = done and not request.get("userNotFound", False)
    response["failAuthentication"] = failed or (done and request.get("userNotFound", False))
    if not done and not failed:
        response["challengeName"] = "CUSTOM_CHALLENGE"


def create(request, response):
    if passed(request) == 0:
        left, right = random.randint(1, 9), random.randint(1, 9)
        response["publicChallengeParameters"] = {"question": f"{left} + {right}"}
        response["privateChallengeParameters"] = {"answer": str(left + right)}
        response["challengeMetadata"] = "SUM"
    else:
        response["publicChallengeParameters"] = {"question": "passphrase"}
        # A user without one has no right answer.
        passphrase = request["userAttributes"].get("custom:passphrase", "")
        response["privateChallengeParameters"] = {"answer": passphrase}
        response["challengeMetadata"] = "PASSPHRASE"


def verify(request, response):
    right = request["privateChallengeParameters"]["answer"].encode()
    given = request["challengeAnswer"].encode()
    response["answerCorrect"] = bool(right) and hmac.compare_digest(right, given)
