#!/usr/bin/env python3
"""Ends the server with kill -9 at random points and looks for what was lost.

    python3 tests/kill/run.py --trials 200

Each trial: four writers sign users up and change settings while an import runs; the
server is killed at a random moment and started again on the same data. Then every
write that was acknowledged must be there, the store must open within a second, the
import must go on by itself, and no row may be imported twice. Prints one line a trial
that lost something, and the sum at the end. Needs Python alone.
"""

import argparse
import datetime
import http.client
import json
import os
import pathlib
import random
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROWS = 3000
# A user pool takes 10,000 groups; the writers would fill it in about 150 trials.
TRIALS_PER_POOL = 50
ROLE = "arn:aws:iam::123456789012:role/logs"


def default_binary():
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "poolhouse/target"
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or (cache if cache.exists() else ROOT / "target"))
    return str(target / "debug/poolhouse")


class Refused(Exception):
    """The server answered an error."""


class Server:
    """`poolhouse serve`, trusting any signature: the calls here are not signed for real."""

    def __init__(self, binary, data):
        self.binary, self.data = binary, data
        self.host = None

    def start(self):
        """Returns the seconds until the address was told."""
        began = time.monotonic()
        log = open(os.path.join(self.data, "server.log"), "ab")
        self.process = subprocess.Popen(
            [self.binary, "serve", "--listen", "127.0.0.1:0", "--data", self.data, "--any-credentials"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
        )
        output = b""
        while time.monotonic() - began < 30:
            if select.select([self.process.stdout], [], [], 0.1)[0]:
                piece = os.read(self.process.stdout.fileno(), 4096)
                output += piece
                found = re.search(rb"http://([0-9.]+:[0-9]+)", output)
                if found and b"\n" in output:
                    self.host = found.group(1).decode()
                    return time.monotonic() - began
                if not piece:
                    break
        raise RuntimeError(f"the server did not start: {output!r}, see {self.data}/server.log")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()


class Caller:
    """Calls operations over one kept connection."""

    def __init__(self, host):
        self.connection = http.client.HTTPConnection(host, timeout=20)

    def call(self, operation, **request):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        self.connection.request("POST", "/", json.dumps(request), {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
            "X-Amz-Date": now,
            "Authorization": f"AWS4-HMAC-SHA256 Credential=AKIAKILLTRIALS000000/{now[:8]}/eu-west-1/cognito-idp/aws4_request, "
                             f"SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={'0' * 64}",
        })
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise Refused(f"{operation}: {answer.status} {body[:300]!r}")
        return json.loads(body) if body else {}


def put(url, body):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    connection.request("PUT", f"{parts.path}?{parts.query}" if parts.query else parts.path, body,
                       {"x-amz-server-side-encryption": "aws:kms"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise Refused(f"upload: {answer.status}")


def import_file(header, trial):
    rows = [",".join(header)]
    for number in range(ROWS):
        values = {
            "cognito:username": f"row-{trial}-{number}", "cognito:mfa_enabled": "false",
            "email": f"row-{trial}-{number}@example.com", "email_verified": "true", "phone_number_verified": "false",
        }
        rows.append(",".join(values.get(column, "") for column in header))
    return ("\n".join(rows) + "\n").encode()


class Trial:
    """What was acknowledged before the kill."""

    def __init__(self, number, rng):
        self.number, self.rng = number, rng
        self.signed_up, self.groups, self.client_name = [], [], None
        self.attempted_client_name = None
        self.problems = []

    def writer(self, host, pool, app, which, stop):
        caller = Caller(host)
        count = 0
        try:
            while not stop.is_set():
                count += 1
                name = f"t{self.number}-w{which}-{count}"
                if which < 2:
                    answer = caller.call("SignUp", ClientId=app, Username=name, Password="Correct-Horse-7",
                                         UserAttributes=[{"Name": "email", "Value": f"{name}@example.com"}])
                    self.signed_up.append((name, answer["UserSub"]))
                elif which == 2:
                    caller.call("CreateGroup", UserPoolId=pool, GroupName=name, Precedence=count)
                    self.groups.append((name, count))
                else:
                    # One at a time, so the last acknowledged or the one in flight must stand.
                    self.attempted_client_name = name
                    caller.call("UpdateUserPoolClient", UserPoolId=pool, ClientId=app, ClientName=name,
                                ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
                    self.client_name = name
        except Refused as refused:
            if not stop.is_set():
                self.problems.append(f"refused before the kill: {refused}")
        except (OSError, http.client.HTTPException):
            pass

    def check(self, caller, pool, app, job):
        """Compares what stands with what was acknowledged."""
        for name, sub in self.signed_up:
            try:
                user = caller.call("AdminGetUser", UserPoolId=pool, Username=name)
            except Refused as refused:
                self.problems.append(f"lost sign-up {name}: {refused}")
                continue
            if {"Name": "sub", "Value": sub} not in user["UserAttributes"]:
                self.problems.append(f"{name} has another sub")
        for name, precedence in self.groups:
            try:
                group = caller.call("GetGroup", UserPoolId=pool, GroupName=name)["Group"]
            except Refused as refused:
                self.problems.append(f"lost group {name}: {refused}")
                continue
            if group["Precedence"] != precedence:
                self.problems.append(f"group {name} has precedence {group['Precedence']}")
        if self.client_name:
            stands = caller.call("DescribeUserPoolClient", UserPoolId=pool, ClientId=app)["UserPoolClient"]["ClientName"]
            if stands not in (self.client_name, self.attempted_client_name):
                self.problems.append(f"settings went back: {stands} stands, {self.client_name} was acknowledged")
        if job:
            self.check_import(caller, pool, job)

    def check_import(self, caller, pool, job):
        until = time.monotonic() + 60
        while True:
            state = caller.call("DescribeUserImportJob", UserPoolId=pool, JobId=job)["UserImportJob"]
            if state["Status"] in ("Succeeded", "Failed", "Stopped", "Expired"):
                break
            if time.monotonic() > until:
                self.problems.append(f"the import stands still: {state}")
                return
            time.sleep(0.05)
        counted = (state["Status"], state.get("ImportedUsers"), state.get("SkippedUsers"), state.get("FailedUsers"))
        # A row done twice would be skipped as existing; a row lost would be missing from the sum.
        if counted != ("Succeeded", ROWS, 0, 0):
            self.problems.append(f"the import ended {counted}, {ROWS} rows were sent")
        found, token = set(), None
        while True:
            page = caller.call("ListUsers", UserPoolId=pool, Filter=f'username ^= "row-{self.number}-"', Limit=60,
                               **({"PaginationToken": token} if token else {}))
            for user in page["Users"]:
                if user["Username"] in found:
                    self.problems.append(f"{user['Username']} is there twice")
                found.add(user["Username"])
            token = page.get("PaginationToken")
            if not token:
                break
        if len(found) != ROWS:
            self.problems.append(f"{len(found)} of {ROWS} imported users are there")


def new_pool(caller):
    """A user pool that verifies addresses, an app client of it, and the header of its imports."""
    pool = caller.call("CreateUserPool", PoolName="kill", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
    app = caller.call("CreateUserPoolClient", UserPoolId=pool, ClientName="kill")["UserPoolClient"]["ClientId"]
    return pool, app, caller.call("GetCSVHeader", UserPoolId=pool)["CSVHeader"]


def run(arguments):
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(2**32)
    rng = random.Random(seed)
    print(f"seed {seed}", flush=True)
    lost_trials, acknowledged, interrupted, opening = 0, 0, 0, []
    with tempfile.TemporaryDirectory(prefix="poolhouse-kill-") as data:
        server = Server(arguments.bin, data)
        server.start()
        for number in range(1, arguments.trials + 1):
            trial = Trial(number, rng)
            caller = Caller(server.host)
            if number % TRIALS_PER_POOL == 1:
                pool, app, header = new_pool(caller)
            made = caller.call("CreateUserImportJob", UserPoolId=pool, JobName=f"kill {number}",
                               CloudWatchLogsRoleArn=ROLE)["UserImportJob"]
            put(made["PreSignedUrl"], import_file(header, number))
            stop = threading.Event()
            writers = [threading.Thread(target=trial.writer, args=(server.host, pool, app, which, stop))
                       for which in range(4)]
            for writer in writers:
                writer.start()
            time.sleep(rng.uniform(0, 0.1))
            job = made["JobId"]
            caller.call("StartUserImportJob", UserPoolId=pool, JobId=job)
            time.sleep(rng.uniform(0, arguments.seconds))
            stop.set()
            server.kill()
            for writer in writers:
                writer.join()
            seconds = server.start()
            opening.append(seconds)
            if seconds > 1.0:
                trial.problems.append(f"the store took {seconds:.2f} s to open")
            caller = Caller(server.host)
            state = caller.call("DescribeUserImportJob", UserPoolId=pool, JobId=job)["UserImportJob"]
            interrupted += state["Status"] in ("Pending", "InProgress")
            trial.check(caller, pool, app, job)
            acknowledged += len(trial.signed_up) + len(trial.groups)
            if trial.problems:
                lost_trials += 1
                print(f"trial {number}:", *trial.problems[:10], sep="\n    ", flush=True)
        server.kill()
    print(f"{arguments.trials} trials, {acknowledged} acknowledged writes, {interrupted} imports taken up again, "
          f"store open after {max(opening):.2f} s at most; {lost_trials} trials with losses")
    return 1 if lost_trials else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=0.6, help="kill within this time after the import began")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--bin", default=default_binary())
    sys.exit(run(parser.parse_args()))
