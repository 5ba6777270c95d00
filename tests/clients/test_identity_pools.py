"""Identity pools with boto3 and the AWS command line: from a user's sign-in to a signed request."""

import json
import os
import pathlib
import secrets
import subprocess
import sys
import time
import urllib.request

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from support import ACCESS_KEY, PASSWORD, REGION, SECRET_KEY, Server, client, confirmed_user, create_client, create_pool

ACCOUNT = "123456789012"
DEVELOPER = "login.tests"


def role(name):
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def identity_client(server, **more):
    return boto3.client(
        "cognito-identity", endpoint_url=server.url, region_name=REGION,
        **{"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY, **more},
    )


def sts_client(server, credentials):
    """A client of the token service with what an identity pool gave."""
    return boto3.client(
        "sts", endpoint_url=server.url, region_name=REGION,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials.get("SecretKey") or credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


class House:
    """A user pool with a user, and an identity pool that knows both."""

    def __init__(self, server):
        self.server = server
        self.idp = client(server)
        self.user_pool = create_pool(self.idp)
        self.app = create_client(self.idp, self.user_pool)["ClientId"]
        self.provider = f"cognito-idp.{REGION}.amazonaws.com/{self.user_pool}"
        self.admin = identity_client(server)
        # What an app holds: no keys at all.
        self.public = identity_client(
            server, aws_access_key_id=None, aws_secret_access_key=None, config=Config(signature_version=UNSIGNED))
        self.pool = self.admin.create_identity_pool(
            IdentityPoolName=f"clients {secrets.token_hex(4)}", AllowUnauthenticatedIdentities=True,
            AllowClassicFlow=True, DeveloperProviderName=DEVELOPER,
            CognitoIdentityProviders=[
                {"ProviderName": self.provider, "ClientId": self.app, "ServerSideTokenCheck": True}],
        )["IdentityPoolId"]
        self.admin.set_identity_pool_roles(
            IdentityPoolId=self.pool, Roles={"authenticated": role("User"), "unauthenticated": role("Guest")})
        self.username = confirmed_user(self.idp, self.user_pool)

    def login(self):
        signed_in = self.idp.initiate_auth(
            ClientId=self.app, AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": self.username, "PASSWORD": PASSWORD})
        return {self.provider: signed_in["AuthenticationResult"]["IdToken"]}


@pytest.fixture
def house(server):
    return House(server)


def test_a_users_sign_in_ends_in_a_signed_request(house):
    login = house.login()
    identity = house.public.get_id(IdentityPoolId=house.pool, Logins=login)["IdentityId"]
    assert house.public.get_id(IdentityPoolId=house.pool, Logins=house.login())["IdentityId"] == identity
    given = house.public.get_credentials_for_identity(IdentityId=identity, Logins=login)["Credentials"]
    assert 3500 < given["Expiration"].timestamp() - time.time() <= 3600
    who = sts_client(house.server, given).get_caller_identity()
    assert who["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/User/CognitoIdentityCredentials"
    assert who["Account"] == ACCOUNT
    wrong = sts_client(house.server, {**given, "SecretKey": "x" * 40})
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        wrong.get_caller_identity()
    # What it may not do.
    admin = boto3.client(
        "cognito-idp", endpoint_url=house.server.url, region_name=REGION, aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretKey"], aws_session_token=given["SessionToken"])
    with pytest.raises(ClientError, match="AccessDeniedException.*not authorized to perform: cognito-idp:ListUsers"):
        admin.list_users(UserPoolId=house.user_pool)
    described = house.admin.describe_identity(IdentityId=identity)
    assert described["Logins"] == [house.provider]


def test_the_basic_flow(house):
    login = house.login()
    identity = house.public.get_id(IdentityPoolId=house.pool, Logins=login)["IdentityId"]
    token = house.public.get_open_id_token(IdentityId=identity, Logins=login)["Token"]
    sts = boto3.client("sts", endpoint_url=house.server.url, region_name=REGION,
                       config=Config(signature_version=UNSIGNED))
    assumed = sts.assume_role_with_web_identity(
        RoleArn=role("User"), RoleSessionName="tests", WebIdentityToken=token, DurationSeconds=900)
    assert assumed["SubjectFromWebIdentityToken"] == identity
    assert assumed["Audience"] == house.pool
    who = sts_client(house.server, assumed["Credentials"]).get_caller_identity()
    assert who["Arn"] == assumed["AssumedRoleUser"]["Arn"]
    assert who["UserId"] == assumed["AssumedRoleUser"]["AssumedRoleId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        sts.assume_role_with_web_identity(RoleArn=role("Admin"), RoleSessionName="tests", WebIdentityToken=token)


def test_identity_tokens_verify_with_the_published_keys(house):
    import jwt

    identity = house.public.get_id(IdentityPoolId=house.pool)["IdentityId"]
    token = house.public.get_open_id_token(IdentityId=identity)["Token"]
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    with urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration") as found:
        discovery = json.load(found)
    key = jwt.PyJWKClient(discovery["jwks_uri"]).get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, algorithms=["RS512"], audience=house.pool, issuer=discovery["issuer"])
    assert (claims["sub"], claims["amr"]) == (identity, ["unauthenticated"])


def test_developer_identities(house):
    given = house.admin.get_open_id_token_for_developer_identity(
        IdentityPoolId=house.pool, Logins={DEVELOPER: "user-1"}, TokenDuration=60, PrincipalTags={"team": "red"})
    own = {"cognito-identity.amazonaws.com": given["Token"]}
    answer = house.public.get_credentials_for_identity(IdentityId=given["IdentityId"], Logins=own)
    assert sts_client(house.server, answer["Credentials"]).get_caller_identity()["Arn"].endswith(
        "/User/CognitoIdentityCredentials")
    house.admin.get_open_id_token_for_developer_identity(IdentityPoolId=house.pool, Logins={DEVELOPER: "user-2"})
    merged = house.admin.merge_developer_identities(
        SourceUserIdentifier="user-2", DestinationUserIdentifier="user-1", DeveloperProviderName=DEVELOPER,
        IdentityPoolId=house.pool)
    assert merged["IdentityId"] == given["IdentityId"]
    found = house.admin.lookup_developer_identity(IdentityPoolId=house.pool, IdentityId=given["IdentityId"])
    assert found["DeveloperUserIdentifierList"] == ["user-1", "user-2"]
    house.admin.unlink_developer_identity(
        IdentityId=given["IdentityId"], IdentityPoolId=house.pool, DeveloperProviderName=DEVELOPER,
        DeveloperUserIdentifier="user-2")
    with pytest.raises(house.admin.exceptions.ResourceNotFoundException):
        house.admin.lookup_developer_identity(IdentityPoolId=house.pool, DeveloperUserIdentifier="user-2")


def test_pages_tags_and_removal(house):
    guests = {house.public.get_id(IdentityPoolId=house.pool)["IdentityId"] for _ in range(5)}
    listed, token = set(), {}
    while token is not None:
        page = house.admin.list_identities(IdentityPoolId=house.pool, MaxResults=2, **token)
        listed |= {identity["IdentityId"] for identity in page["Identities"]}
        token = {"NextToken": page["NextToken"]} if "NextToken" in page else None
    assert listed == guests
    assert house.admin.delete_identities(IdentityIdsToDelete=list(guests))["UnprocessedIdentityIds"] == []
    pages = house.admin.get_paginator("list_identity_pools").paginate(PaginationConfig={"PageSize": 1})
    assert house.pool in {pool["IdentityPoolId"] for page in pages for pool in page["IdentityPools"]}
    arn = f"arn:aws:cognito-identity:{REGION}:{ACCOUNT}:identitypool/{house.pool}"
    house.admin.tag_resource(ResourceArn=arn, Tags={"team": "red"})
    assert house.admin.describe_identity_pool(IdentityPoolId=house.pool)["IdentityPoolTags"] == {"team": "red"}
    house.admin.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert house.admin.list_tags_for_resource(ResourceArn=arn)["Tags"] == {}
    house.admin.set_principal_tag_attribute_map(
        IdentityPoolId=house.pool, IdentityProviderName=house.provider, UseDefaults=True)
    found = house.admin.get_principal_tag_attribute_map(
        IdentityPoolId=house.pool, IdentityProviderName=house.provider)
    assert found["PrincipalTags"] == {"username": "sub", "client": "aud"}
    house.admin.delete_identity_pool(IdentityPoolId=house.pool)
    with pytest.raises(house.admin.exceptions.ResourceNotFoundException):
        house.public.get_id(IdentityPoolId=house.pool)


def test_the_command_line_goes_the_same_way(house, tmp_path):
    def aws(*arguments, keys=None):
        keys = keys or {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
        ran = subprocess.run(
            [sys.executable, str(pathlib.Path(sys.executable).parent / "aws"), *arguments,
             "--endpoint-url", house.server.url, "--output", "json"],
            capture_output=True, text=True, timeout=60,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_REGION": REGION,
                 "AWS_DEFAULT_REGION": REGION, "AWS_PAGER": "", **keys},
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout) if ran.stdout.strip() else None

    (provider, token), = house.login().items()
    logins = json.dumps({provider: token})
    identity = aws("cognito-identity", "get-id", "--identity-pool-id", house.pool, "--logins", logins)["IdentityId"]
    given = aws("cognito-identity", "get-credentials-for-identity", "--identity-id", identity,
                "--logins", logins)["Credentials"]
    who = aws("sts", "get-caller-identity", keys={
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": given["SecretKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"]})
    assert who["Arn"].endswith(":assumed-role/User/CognitoIdentityCredentials")
    assert aws("sts", "get-caller-identity")["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    roles = aws("cognito-identity", "get-identity-pool-roles", "--identity-pool-id", house.pool)["Roles"]
    assert roles["unauthenticated"] == role("Guest")


def test_another_token_service_gives_the_credentials():
    from moto.server import ThreadedMotoServer

    elsewhere = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    elsewhere.start()
    host, port = elsewhere.get_host_and_port()
    server = Server(flags=["--sts-endpoint", f"http://{host}:{port}"])
    server.start()
    try:
        house = House(server)
        login = house.login()
        identity = house.public.get_id(IdentityPoolId=house.pool, Logins=login)["IdentityId"]
        given = house.public.get_credentials_for_identity(IdentityId=identity, Logins=login)["Credentials"]
        assert given["AccessKeyId"].startswith("ASIA") and not given["AccessKeyId"].startswith("ASIA0P00L")
        there = boto3.client(
            "sts", endpoint_url=f"http://{host}:{port}", region_name=REGION,
            aws_access_key_id=given["AccessKeyId"], aws_secret_access_key=given["SecretKey"],
            aws_session_token=given["SessionToken"])
        assert there.get_caller_identity()["Arn"].endswith(":assumed-role/User/CognitoIdentityCredentials")
        # They are the other service's: this one does not know them.
        with pytest.raises(ClientError, match="InvalidClientTokenId"):
            sts_client(server, given).get_caller_identity()
    finally:
        elsewhere.stop()
        assert server.stop() == 0
