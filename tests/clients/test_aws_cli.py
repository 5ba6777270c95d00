"""The AWS command line against the server."""

import json
import os
import subprocess
import sys
import pathlib

import pytest

from support import ACCESS_KEY, PASSWORD, REGION, SECRET_KEY, confirmed_user

AWS = pathlib.Path(sys.executable).parent / "aws"


@pytest.fixture
def aws(server, tmp_path):
    def run(*arguments, fails_with=None):
        ran = subprocess.run(
            [sys.executable, str(AWS), "cognito-idp", *arguments, "--endpoint-url", server.url, "--output", "json"],
            capture_output=True, text=True, timeout=60,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
                 "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_PAGER": ""},
        )
        if fails_with:
            assert ran.returncode != 0 and fails_with in ran.stderr, ran.stdout + ran.stderr
            return None
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout) if ran.stdout.strip() else None
    return run


def test_sign_up_to_sign_out(server, aws, pool, app):
    aws("sign-up", "--client-id", app, "--username", "cli", "--password", PASSWORD,
        "--user-attributes", "Name=email,Value=cli@example.com")
    aws("confirm-sign-up", "--client-id", app, "--username", "cli",
        "--confirmation-code", server.code("cli@example.com"))
    aws("initiate-auth", "--client-id", app, "--auth-flow", "USER_PASSWORD_AUTH",
        "--auth-parameters", "USERNAME=cli,PASSWORD=Wrong-Horse-7", fails_with="NotAuthorizedException")
    tokens = aws("initiate-auth", "--client-id", app, "--auth-flow", "USER_PASSWORD_AUTH",
                 "--auth-parameters", f"USERNAME=cli,PASSWORD={PASSWORD}")["AuthenticationResult"]
    again = aws("initiate-auth", "--client-id", app, "--auth-flow", "REFRESH_TOKEN_AUTH",
                "--auth-parameters", f"REFRESH_TOKEN={tokens['RefreshToken']}")["AuthenticationResult"]
    assert aws("get-user", "--access-token", again["AccessToken"])["Username"] == "cli"
    aws("global-sign-out", "--access-token", again["AccessToken"])
    aws("get-user", "--access-token", again["AccessToken"], fails_with="Access Token has been revoked")


def test_sign_up_off_and_on_again(aws, pool, app):
    aws("update-user-pool", "--user-pool-id", pool, "--auto-verified-attributes", "email",
        "--admin-create-user-config", "AllowAdminCreateUserOnly=true")
    refused = ("sign-up", "--client-id", app, "--username", "cli-two", "--password", PASSWORD,
               "--user-attributes", "Name=email,Value=cli-two@example.com")
    aws(*refused, fails_with="SignUp is not permitted for this user pool")
    aws("update-user-pool", "--user-pool-id", pool, "--auto-verified-attributes", "email",
        "--admin-create-user-config", "AllowAdminCreateUserOnly=false")
    assert aws(*refused)["UserConfirmed"] is False


def test_groups_and_paging(aws, idp, pool):
    for name in ("one", "two", "three"):
        aws("create-group", "--user-pool-id", pool, "--group-name", name)
    confirmed_user(idp, pool, "cli-member")
    aws("admin-add-user-to-group", "--user-pool-id", pool, "--username", "cli-member", "--group-name", "two")
    listed = aws("list-groups", "--user-pool-id", pool, "--page-size", "2")["Groups"]
    assert sorted(group["GroupName"] for group in listed) == ["one", "three", "two"]
    members = aws("list-users-in-group", "--user-pool-id", pool, "--group-name", "two")["Users"]
    assert [user["Username"] for user in members] == ["cli-member"]
