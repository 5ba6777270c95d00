"""A Poolhouse server of one's own, and what the tests need around it."""

import os
import pathlib
import re
import secrets
import select
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGION = "eu-west-1"
ACCESS_KEY = "AKIAPOOLHOUSETESTS00"
SECRET_KEY = "a-secret-of-the-tests-and-of-nothing-else"
PASSWORD = "Correct-Horse-7"


def binary():
    """The program under test: `POOLHOUSE_BIN`, or the development build."""
    return os.environ.get("POOLHOUSE_BIN", str(ROOT / "target/debug/poolhouse"))


class Server:
    """`poolhouse serve` on a free port with a data folder of its own."""

    def __init__(self, data=None, flags=()):
        self.folder = None if data else tempfile.TemporaryDirectory(prefix="poolhouse-")
        self.data = pathlib.Path(data or self.folder.name)
        self.flags = list(flags)
        self.process = None
        self.url = None

    def start(self, seconds=30):
        """Starts and waits for the line that tells the address. Returns how long that took."""
        began = time.monotonic()
        self.log = open(self.data / "server.log", "ab")
        self.process = subprocess.Popen(
            [binary(), "serve", "--listen", "127.0.0.1:0", "--data", str(self.data),
             "--access-key", f"{ACCESS_KEY}:{SECRET_KEY}", *self.flags],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log,
        )
        output = b""
        while time.monotonic() - began < seconds:
            if select.select([self.process.stdout], [], [], 0.2)[0]:
                piece = os.read(self.process.stdout.fileno(), 4096)
                output += piece
                found = re.search(rb"http://[0-9.:]+", output)
                if found and b"\n" in output:
                    self.url = found.group().decode()
                    return time.monotonic() - began
                if not piece:
                    break
        self.kill()
        raise RuntimeError(f"the server did not start: {output!r} {self.logged()[-2000:]}")

    def logged(self):
        return (self.data / "server.log").read_text(errors="replace")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Asks the server to end, as a service manager does. Returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def code(self, to):
        """The newest code that was sent to an address, as an admin reads it."""
        return self.outbox("--to", to, "--last", "--code").strip()

    def outbox(self, *flags):
        ran = subprocess.run(
            [binary(), "outbox", "--endpoint", self.url, *flags],
            capture_output=True, text=True, timeout=30,
            env={**os.environ, "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
                 "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION},
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


def client(server, region=REGION):
    """A boto3 client of the server's admin."""
    import boto3

    return boto3.client(
        "cognito-idp", endpoint_url=server.url, region_name=region,
        aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY,
    )


def create_pool(idp, **more):
    """A user pool that verifies e-mail addresses. Returns its id."""
    settings = {
        "PoolName": f"clients {secrets.token_hex(4)}",
        "AutoVerifiedAttributes": ["email"],
        "Schema": [{"Name": "team", "AttributeDataType": "String", "Mutable": True}],
        **more,
    }
    return idp.create_user_pool(**settings)["UserPool"]["Id"]


def create_client(idp, pool, **more):
    """An app client that may sign in by password, by SRP and by refresh token. Returns it whole."""
    return idp.create_user_pool_client(**{
        "UserPoolId": pool,
        "ClientName": "tests",
        "ExplicitAuthFlows": [
            "ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
        ],
        "PreventUserExistenceErrors": "ENABLED",
        **more,
    })["UserPoolClient"]


def confirmed_user(idp, pool, username=None, email=None):
    """A user with a permanent password. Returns the username."""
    username = username or f"user-{secrets.token_hex(4)}"
    idp.admin_create_user(
        UserPoolId=pool, Username=username, MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": email or f"{username}@example.com"},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    idp.admin_set_user_password(UserPoolId=pool, Username=username, Password=PASSWORD, Permanent=True)
    return username
