"""The sample functions, reached in each way there is: over HTTP, as a command, through Lambda."""

import base64
import hashlib
import http.server
import json
import os
import pathlib
import re
import secrets
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import jwt
import pytest
from aiosmtpd.controller import Controller

import support

SAMPLES = support.ROOT / "assets/samples/triggers"
COMMANDS = {
    "python": [sys.executable, str(SAMPLES / "python/run.py")],
    "node": ["node", str(SAMPLES / "node/run.mjs")],
}
SHARED = ["passphrase", "claims", "message"]
LAMBDA_KEY, LAMBDA_SECRET = "AKIALAMBDATESTS00000", "the-secret-of-a-lambda-that-is-none"
KEY_ID = f"arn:aws:kms:{support.REGION}:123456789012:key/codes"


def arn(name):
    return f"arn:aws:lambda:{support.REGION}:123456789012:function:{name}"


class Lambda(http.server.ThreadingHTTPServer):
    """Lambda's endpoint: checks the signature as the vendor's own library makes it, then runs the sample."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), LambdaHandler)
        self.verified = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class LambdaHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = 200 if self.is_signed(body) else 403
        answer = b"{}"
        if status == 200:
            self.server.verified += 1
            language, name = re.search(r"lambda-(\w+)-(\w+)/invocations$", self.path).groups()
            answer = subprocess.run([*COMMANDS[language], name], input=body, capture_output=True).stdout
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def is_signed(self, body):
        given = self.headers["Authorization"]
        names = re.search("SignedHeaders=([^,]+)", given).group(1).split(";")
        scope = re.search("Credential=([^,]+)", given).group(1)
        if not scope.startswith(LAMBDA_KEY) or not scope.endswith(f"/{support.REGION}/lambda/aws4_request"):
            return False
        request = botocore.awsrequest.AWSRequest(
            "POST", f"http://{self.headers['Host']}{self.path}", data=body,
            headers={name: self.headers[name] for name in names},
        )
        request.context["timestamp"] = self.headers["X-Amz-Date"]
        keys = botocore.credentials.Credentials(LAMBDA_KEY, LAMBDA_SECRET)
        signer = botocore.auth.SigV4Auth(keys, "lambda", support.REGION)
        text = signer.string_to_sign(request, signer.canonical_request(request))
        return given.endswith(f"Signature={signer.signature(text, request)}")

    def log_message(self, *_):
        pass


class Mails:
    """A mail server that keeps what it gets; the first mail to `later@…` is put off."""

    def __init__(self):
        self.received = []
        self.put_off = False

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("later@") and not self.put_off:
            self.put_off = True
            return "451 come back later"
        if envelope.rcpt_tos[0].startswith("never@"):
            return "550 no such mailbox"
        self.received.append((envelope.rcpt_tos[0], envelope.content.decode()))
        return "250 kept"

    def to(self, address, seconds=15):
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            for to, text in self.received:
                if to == address:
                    return text
            time.sleep(0.05)
        raise AssertionError(f"no mail to {address}")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """What the functions of this module share: files, servers, and one engine."""
    home = tmp_path_factory.mktemp("functions")
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    directory = home / "directory.sqlite"
    with sqlite3.connect(directory) as people:
        people.execute(
            "CREATE TABLE person (name TEXT PRIMARY KEY, email TEXT, given_name TEXT, salt BLOB, hash BLOB)")
        for name in ("maria", "rosa"):
            salt = secrets.token_bytes(16)
            hashed = hashlib.scrypt(support.PASSWORD.encode(), salt=salt, n=16384, r=8, p=1, dklen=32)
            people.execute("INSERT INTO person VALUES (?, ?, ?, ?, ?)",
                           (name, f"{name}@example.com", name.title(), salt, hashed))
    the_lambda = Lambda()
    servers, functions = [], {}
    for language, command in COMMANDS.items():
        server = subprocess.Popen([*command, "--listen", "127.0.0.1:0", *SHARED], stdout=subprocess.PIPE, text=True)
        url = server.stdout.readline().split()[-1]
        servers.append(server)
        for name in SHARED:
            functions[arn(f"http-{language}-{name}")] = \
                f"{url}/2015-03-31/functions/{name}/invocations"
            functions[arn(f"command-{language}-{name}")] = [*command, name]
            functions[arn(f"lambda-{language}-{name}")] = {
                "lambda": f"http://127.0.0.1:{the_lambda.server_port}"}
    python = COMMANDS["python"]
    functions[arn("migrate")] = {
        "command": [*python, "migrate"], "environment": {"DIRECTORY": str(directory)}}
    functions[arn("sender")] = {
        "command": [*python, "email_sender"],
        "environment": {"CODE_KEY": key, "CODE_KEY_ID": KEY_ID, "SENT": str(home / "sent")}}
    lines = ["[encryption_keys]", f"{json.dumps(KEY_ID)} = {json.dumps(key)}", "[functions]"]
    lines += [f"{json.dumps(name)} = {toml(target)}" for name, target in functions.items()]
    (home / "poolhouse.toml").write_text("\n".join(lines) + "\n")
    mails = Mails()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    smtp = Controller(mails, hostname="127.0.0.1", port=port, ready_timeout=30)
    smtp.start()
    before = dict(os.environ)
    os.environ.update(AWS_ACCESS_KEY_ID=LAMBDA_KEY, AWS_SECRET_ACCESS_KEY=LAMBDA_SECRET)
    server = support.Server(flags=[
        "--config", str(home / "poolhouse.toml"),
        "--mail-server", f"smtp://127.0.0.1:{port}", "--mail-from", "Club <club@example.com>",
    ])
    server.start()
    os.environ.clear()
    os.environ.update(before)
    server.mails, server.sent, server.the_lambda = mails, home / "sent", the_lambda
    yield server
    assert server.stop() == 0
    log = server.logged()
    for secret in (key, support.PASSWORD, LAMBDA_SECRET):
        assert secret not in log
    smtp.stop()
    the_lambda.shutdown()
    for process in servers:
        process.terminate()


def toml(target):
    if isinstance(target, dict):
        return "{ " + ", ".join(f"{name} = {toml(value)}" for name, value in target.items()) + " }"
    return json.dumps(target)


def pool_of(server, lambda_config, flows=(), **more):
    idp = support.client(server)
    pool = support.create_pool(idp, LambdaConfig=lambda_config, **more)
    app = support.create_client(idp, pool, ExplicitAuthFlows=[
        "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", *flows])["ClientId"]
    return idp, pool, app


WAYS = [f"{way}-{language}" for way in ("http", "command", "lambda") for language in COMMANDS]


@pytest.mark.parametrize("way", WAYS)
def test_a_captcha_and_a_passphrase_sign_in(home, way):
    function = arn(f"{way}-passphrase")
    idp, pool, app = pool_of(
        home,
        {"DefineAuthChallenge": function, "CreateAuthChallenge": function,
         "VerifyAuthChallengeResponse": function},
        ["ALLOW_CUSTOM_AUTH"],
        Schema=[{"Name": "passphrase", "AttributeDataType": "String", "Mutable": True}],
    )
    user = support.confirmed_user(idp, pool)
    idp.admin_update_user_attributes(
        UserPoolId=pool, Username=user,
        UserAttributes=[{"Name": "custom:passphrase", "Value": "open sesame"}])

    def answer(challenge, text):
        return idp.respond_to_auth_challenge(
            ClientId=app, ChallengeName="CUSTOM_CHALLENGE", Session=challenge["Session"],
            ChallengeResponses={"USERNAME": user, "ANSWER": text})

    challenge = idp.initiate_auth(ClientId=app, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": user})
    left, right = challenge["ChallengeParameters"]["question"].split(" + ")
    challenge = answer(challenge, str(int(left) + int(right)))
    assert challenge["ChallengeParameters"]["question"] == "passphrase"
    challenge = answer(challenge, "open barley")
    tokens = answer(challenge, "open sesame")["AuthenticationResult"]
    assert idp.get_user(AccessToken=tokens["AccessToken"])["Username"] == user

    # Four wrong answers end it, and lock nobody out.
    challenge = idp.initiate_auth(ClientId=app, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": user})
    for _ in range(3):
        challenge = answer(challenge, "wrong")
    with pytest.raises(idp.exceptions.NotAuthorizedException):
        answer(challenge, "wrong")
    if way.startswith("lambda"):
        assert home.the_lambda.verified > 0


@pytest.mark.parametrize("way", WAYS)
def test_claims_are_added_to_tokens(home, way):
    idp, pool, app = pool_of(home, {
        "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": arn(f"{way}-claims")}})
    user = support.confirmed_user(idp, pool)
    idp.create_group(UserPoolId=pool, GroupName="gold")
    idp.admin_add_user_to_group(UserPoolId=pool, Username=user, GroupName="gold")
    tokens = idp.initiate_auth(
        ClientId=app, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user, "PASSWORD": support.PASSWORD})["AuthenticationResult"]
    plain = {"options": {"verify_signature": False}}
    id_claims = jwt.decode(tokens["IdToken"], **plain)
    assert id_claims["plan"] == {"name": "gold", "seats": 3}
    assert "email" in id_claims and "email_verified" not in id_claims
    access = jwt.decode(tokens["AccessToken"], **plain)
    assert access["tenant"] == "none"
    assert access["scope"] == "aws.cognito.signin.user.admin gold:read"


@pytest.mark.parametrize("way", WAYS)
def test_a_worded_message_arrives_by_mail(home, way):
    idp, pool, app = pool_of(
        home, {"CustomMessage": arn(f"{way}-message")},
        EmailConfiguration={
            "EmailSendingAccount": "DEVELOPER", "From": "The Club <hello@club.example>",
            "SourceArn": f"arn:aws:ses:{support.REGION}:123456789012:identity/hello@club.example",
            "ReplyToEmailAddress": "desk@club.example",
        })
    address = f"{way}-{secrets.token_hex(4)}@example.com"
    idp.sign_up(ClientId=app, Username="ana<b>", Password=support.PASSWORD,
                UserAttributes=[{"Name": "email", "Value": address}])
    text = home.mails.to(address)
    assert "Subject: Welcome to the club" in text
    assert "The Club" in text and "hello@club.example" in text and "Reply-To: desk@club.example" in text
    assert "ana<b>" not in text.split("\r\n\r\n", 1)[1]
    code = re.search(r"your code is (\d{6})", text).group(1)
    idp.confirm_sign_up(ClientId=app, Username="ana<b>", ConfirmationCode=code)


def test_a_mail_server_that_is_busy_is_asked_again(home):
    idp, pool, app = pool_of(home, {})
    idp.sign_up(ClientId=app, Username="later", Password=support.PASSWORD,
                UserAttributes=[{"Name": "email", "Value": "later@example.com"}])
    text = home.mails.to("later@example.com", seconds=30)
    assert home.mails.put_off
    assert "From: Club <club@example.com>" in text or 'From: "Club" <club@example.com>' in text
    # What never arrives is told, and so is that the other one left without a trace of its code.
    idp.sign_up(ClientId=app, Username="never", Password=support.PASSWORD,
                UserAttributes=[{"Name": "email", "Value": "never@example.com"}])
    ends = time.monotonic() + 15
    while "failed: the mail server answered 550" not in home.outbox("--to", "never@example.com"):
        assert time.monotonic() < ends
        time.sleep(0.2)
    sent = home.outbox("--to", "later@example.com")
    assert " sent" in sent and not re.search(r"\d{6}\b", sent.split("\n", 1)[1])


def test_users_of_another_directory_are_taken_over(home):
    idp, pool, app = pool_of(home, {"UserMigration": arn("migrate")})

    def sign_in(name, password):
        return idp.initiate_auth(ClientId=app, AuthFlow="USER_PASSWORD_AUTH",
                                 AuthParameters={"USERNAME": name, "PASSWORD": password})

    # The client hides users, and the function is asked about unknown ones alone.
    for name, password in (("maria", "wrong"), ("nobody", support.PASSWORD)):
        with pytest.raises(idp.exceptions.NotAuthorizedException):
            sign_in(name, password)
    tokens = sign_in("maria", support.PASSWORD)["AuthenticationResult"]
    attributes = {it["Name"]: it["Value"] for it in
                  idp.get_user(AccessToken=tokens["AccessToken"])["UserAttributes"]}
    assert (attributes["email"], attributes["given_name"]) == ("maria@example.com", "Maria")
    assert idp.admin_get_user(UserPoolId=pool, Username="maria")["UserStatus"] == "CONFIRMED"

    # Rosa forgot hers: she comes over by the code that goes to her address there.
    home.mails.received.clear()
    idp.forgot_password(ClientId=app, Username="rosa")
    code = re.search(r"(\d{6})", home.mails.to("rosa@example.com").split("\r\n\r\n", 1)[1]).group(1)
    idp.confirm_forgot_password(
        ClientId=app, Username="rosa", ConfirmationCode=code, Password="An0ther-Horse!")
    sign_in("rosa", "An0ther-Horse!")


def test_a_sender_decrypts_the_code(home):
    idp, pool, app = pool_of(home, {
        "CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": arn("sender")}, "KMSKeyID": KEY_ID})
    idp.sign_up(ClientId=app, Username="ana", Password=support.PASSWORD,
                UserAttributes=[{"Name": "email", "Value": "ana@example.com"}])
    ends = time.monotonic() + 20
    while not home.sent.exists() or not home.sent.read_text().endswith("\n"):
        assert time.monotonic() < ends, home.outbox("--to", "ana@example.com")
        time.sleep(0.05)
    sent = json.loads(home.sent.read_text().splitlines()[-1])
    assert (sent["to"], sent["why"]) == ("ana@example.com", "CustomEmailSender_SignUp")
    idp.confirm_sign_up(ClientId=app, Username="ana", ConfirmationCode=sent["code"])


def test_a_server_of_functions_takes_signed_calls_alone():
    """The Python sample with SIGNING_SECRET, bound in the configuration file under the same secret."""
    secret, function = secrets.token_hex(32), arn("signed")
    sample = subprocess.Popen(
        [*COMMANDS["python"], "--listen", "127.0.0.1:0", "claims"], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "SIGNING_SECRET": secret})
    url = sample.stdout.readline().split()[-1] + "/2015-03-31/functions/claims/invocations"

    def signs_in(binding):
        with tempfile.TemporaryDirectory() as folder:
            configuration = pathlib.Path(folder) / "poolhouse.toml"
            configuration.write_text(f"[functions]\n{json.dumps(function)} = {toml(binding)}\n")
            server = support.Server(flags=["--config", str(configuration)])
            server.start()
            idp = support.client(server)
            pool = support.create_pool(idp, LambdaConfig={
                "PreTokenGenerationConfig": {"LambdaArn": function, "LambdaVersion": "V2_0"}})
            app = support.create_client(idp, pool)["ClientId"]
            username = support.confirmed_user(idp, pool)
            try:
                idp.admin_initiate_auth(
                    UserPoolId=pool, ClientId=app, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                    AuthParameters={"USERNAME": username, "PASSWORD": support.PASSWORD})
                return True
            except idp.exceptions.UnexpectedLambdaException:
                return False
            finally:
                server.stop()

    try:
        assert signs_in({"address": url, "secret": secret})
        assert not signs_in(url)
        assert not signs_in({"address": url, "secret": secrets.token_hex(32)})
    finally:
        sample.terminate()
