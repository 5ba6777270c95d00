"""boto3 against the server: the life of users, groups, imports and branding."""

import base64
import csv
import hashlib
import hmac
import io
import json
import struct
import subprocess
import time
import zlib

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from support import ACCESS_KEY, PASSWORD, REGION, SECRET_KEY, client, confirmed_user, create_client, create_pool


def claims(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def sign_in(idp, app, username, password=PASSWORD, **more):
    return idp.initiate_auth(
        ClientId=app, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password, **more},
    )


def test_sign_up_confirm_sign_in(server, idp, pool, app):
    answer = idp.sign_up(
        ClientId=app, Username="alice", Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "alice@example.com"}, {"Name": "custom:team", "Value": "red"}],
    )
    assert answer["UserConfirmed"] is False
    assert answer["CodeDeliveryDetails"] == {
        "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email",
    }
    with pytest.raises(idp.exceptions.UserNotConfirmedException):
        sign_in(idp, app, "alice")
    code = server.code("alice@example.com")
    wrong = "000000" if code != "000000" else "111111"
    with pytest.raises(idp.exceptions.CodeMismatchException) as refused:
        idp.confirm_sign_up(ClientId=app, Username="alice", ConfirmationCode=wrong)
    assert refused.value.response["Error"]["Message"] == "Invalid verification code provided, please try again."
    idp.confirm_sign_up(ClientId=app, Username="alice", ConfirmationCode=code)

    tokens = sign_in(idp, app, "alice")["AuthenticationResult"]
    assert tokens["TokenType"] == "Bearer" and tokens["ExpiresIn"] == 3600
    identity = claims(tokens["IdToken"])
    assert identity["sub"] == answer["UserSub"]
    assert identity["aud"] == app
    assert identity["token_use"] == "id"
    assert identity["email_verified"] is True
    assert identity["cognito:username"] == "alice"
    assert identity["custom:team"] == "red"
    assert identity["iss"] == f"{server.url}/{pool}"
    access = claims(tokens["AccessToken"])
    assert access["client_id"] == app
    assert access["scope"] == "aws.cognito.signin.user.admin"
    assert access["username"] == "alice"

    user = idp.get_user(AccessToken=tokens["AccessToken"])
    attributes = {a["Name"]: a["Value"] for a in user["UserAttributes"]}
    assert attributes["email"] == "alice@example.com"
    assert user["UserAttributes"][0]["Name"] == "sub"


def test_public_operations_need_no_credentials(server, idp, pool, app):
    confirmed_user(idp, pool, "unsigned")
    public = boto3.client(
        "cognito-idp", endpoint_url=server.url, region_name=REGION, config=Config(signature_version=UNSIGNED),
    )
    assert "AuthenticationResult" in sign_in(public, app, "unsigned")
    with pytest.raises(public.exceptions.ClientError) as refused:
        public.list_users(UserPoolId=pool)
    assert refused.value.response["Error"]["Code"] == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("key, secret, code", [
    (ACCESS_KEY, "not the secret", "InvalidSignatureException"),
    ("AKIAUNKNOWNUNKNOWN00", SECRET_KEY, "UnrecognizedClientException"),
])
def test_wrong_access_keys_are_refused(server, key, secret, code):
    stranger = boto3.client(
        "cognito-idp", endpoint_url=server.url, region_name=REGION,
        aws_access_key_id=key, aws_secret_access_key=secret,
    )
    with pytest.raises(stranger.exceptions.ClientError) as refused:
        stranger.list_user_pools(MaxResults=1)
    assert refused.value.response["Error"]["Code"] == code


def test_a_pool_is_found_in_its_own_region_alone(server, pool):
    elsewhere = client(server, region="us-east-2")
    with pytest.raises(ClientError) as refused:
        elsewhere.describe_user_pool(UserPoolId=pool)
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert pool not in [it["Id"] for it in elsewhere.list_user_pools(MaxResults=60)["UserPools"]]


def test_self_service_sign_up_can_be_switched_off(idp):
    pool = create_pool(idp, AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    app = create_client(idp, pool)["ClientId"]
    with pytest.raises(idp.exceptions.NotAuthorizedException) as refused:
        idp.sign_up(ClientId=app, Username="bob", Password=PASSWORD)
    assert refused.value.response["Error"]["Message"] == "SignUp is not permitted for this user pool"
    confirmed_user(idp, pool, "made-by-admin")
    assert "AuthenticationResult" in sign_in(idp, app, "made-by-admin")
    idp.delete_user_pool(UserPoolId=pool)


def test_wrong_password_and_unknown_user_look_alike(idp, pool, app):
    confirmed_user(idp, pool, "carol")
    texts = []
    for username in ("carol", "nobody"):
        with pytest.raises(idp.exceptions.NotAuthorizedException) as refused:
            sign_in(idp, app, username, "Wrong-Horse-7")
        texts.append(refused.value.response["Error"]["Message"])
    assert texts == ["Incorrect username or password."] * 2


def test_unknown_user_is_named_without_masking(idp, pool):
    app = create_client(idp, pool, PreventUserExistenceErrors="LEGACY")["ClientId"]
    with pytest.raises(idp.exceptions.UserNotFoundException) as refused:
        sign_in(idp, app, "nobody")
    assert refused.value.response["Error"]["Message"] == "User does not exist."


def test_five_wrong_passwords_lock(idp, pool, app):
    confirmed_user(idp, pool, "dora")
    for _ in range(5):
        with pytest.raises(idp.exceptions.NotAuthorizedException):
            sign_in(idp, app, "dora", "Wrong-Horse-7")
    with pytest.raises(idp.exceptions.NotAuthorizedException) as refused:
        sign_in(idp, app, "dora")
    assert refused.value.response["Error"]["Message"] == "Password attempts exceeded"
    time.sleep(1.2)
    assert "AuthenticationResult" in sign_in(idp, app, "dora")


def test_refresh_keeps_the_time_of_sign_in(idp, pool, app):
    confirmed_user(idp, pool, "erin")
    first = sign_in(idp, app, "erin")["AuthenticationResult"]
    time.sleep(1.1)
    again = idp.initiate_auth(
        ClientId=app, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": first["RefreshToken"]},
    )["AuthenticationResult"]
    assert "RefreshToken" not in again
    assert claims(again["IdToken"])["auth_time"] == claims(first["IdToken"])["auth_time"]
    assert claims(again["IdToken"])["iat"] > claims(first["IdToken"])["iat"]
    assert claims(again["AccessToken"])["origin_jti"] == claims(first["AccessToken"])["origin_jti"]
    assert claims(again["AccessToken"])["jti"] != claims(first["AccessToken"])["jti"]


def test_invented_refresh_token_is_refused(idp, pool, app):
    with pytest.raises(idp.exceptions.NotAuthorizedException) as refused:
        idp.initiate_auth(
            ClientId=app, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": "a.b.c.d.e"},
        )
    assert refused.value.response["Error"]["Message"] == "Invalid Refresh Token"


def test_refresh_tokens_rotate_and_a_stolen_one_ends_the_family(idp, pool):
    app = create_client(
        idp, pool, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 1},
    )["ClientId"]
    username = confirmed_user(idp, pool)
    first = idp.initiate_auth(
        ClientId=app, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": PASSWORD},
    )["AuthenticationResult"]

    def exchange(token):
        return idp.get_tokens_from_refresh_token(ClientId=app, RefreshToken=token)["AuthenticationResult"]

    second = exchange(first["RefreshToken"])
    assert second["RefreshToken"] != first["RefreshToken"]
    # A call whose answer was lost may be repeated at once.
    exchange(first["RefreshToken"])
    third = exchange(second["RefreshToken"])
    assert idp.get_user(AccessToken=third["AccessToken"])["Username"] == username
    time.sleep(1.2)
    with pytest.raises(idp.exceptions.RefreshTokenReuseException):
        exchange(second["RefreshToken"])
    with pytest.raises(idp.exceptions.NotAuthorizedException, match="revoked"):
        exchange(third["RefreshToken"])
    with pytest.raises(idp.exceptions.NotAuthorizedException, match="revoked"):
        idp.get_user(AccessToken=third["AccessToken"])


def test_sessions_are_listed_with_what_signed_in(idp, pool, app):
    idp.set_user_pool_session_configuration(
        UserPoolId=pool, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 2},
    )
    username = confirmed_user(idp, pool)
    tokens = [
        idp.initiate_auth(
            ClientId=app, AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": PASSWORD},
        )["AuthenticationResult"]["AccessToken"]
        for _ in range(3)
    ]
    listed = idp.list_user_sessions(AccessToken=tokens[2])["Sessions"]
    assert len(listed) == 2
    assert [session["IsCurrentSession"] for session in listed].count(True) == 1
    assert listed[0]["DeviceType"].startswith("Boto3 on ")
    assert listed[0]["LastIPAddress"] == "127.0.0.1"
    with pytest.raises(idp.exceptions.NotAuthorizedException, match="revoked"):
        idp.get_user(AccessToken=tokens[0])
    other = next(session for session in listed if not session["IsCurrentSession"])
    idp.revoke_user_session(AccessToken=tokens[2], SessionId=other["SessionId"])
    with pytest.raises(idp.exceptions.NotAuthorizedException, match="revoked"):
        idp.get_user(AccessToken=tokens[1])


def test_groups_reach_the_tokens(idp, pool, app):
    role = "arn:aws:iam::123456789012:role/"
    idp.create_group(UserPoolId=pool, GroupName="readers", Precedence=20, RoleArn=role + "reader")
    idp.create_group(UserPoolId=pool, GroupName="admins", Precedence=1, RoleArn=role + "admin", Description="all")
    with pytest.raises(idp.exceptions.GroupExistsException):
        idp.create_group(UserPoolId=pool, GroupName="admins")
    confirmed_user(idp, pool, "frank")
    for group in ("readers", "admins"):
        idp.admin_add_user_to_group(UserPoolId=pool, Username="frank", GroupName=group)
    tokens = sign_in(idp, app, "frank")["AuthenticationResult"]
    identity = claims(tokens["IdToken"])
    assert sorted(identity["cognito:groups"]) == ["admins", "readers"]
    assert sorted(identity["cognito:roles"]) == [role + "admin", role + "reader"]
    assert identity["cognito:preferred_role"] == role + "admin"
    access = claims(tokens["AccessToken"])
    assert sorted(access["cognito:groups"]) == ["admins", "readers"]
    assert "cognito:roles" not in access
    members = idp.list_users_in_group(UserPoolId=pool, GroupName="admins")["Users"]
    assert [m["Username"] for m in members] == ["frank"]
    groups = idp.admin_list_groups_for_user(UserPoolId=pool, Username="frank")["Groups"]
    assert [g["GroupName"] for g in groups] == ["admins", "readers"]
    idp.admin_remove_user_from_group(UserPoolId=pool, Username="frank", GroupName="admins")
    refreshed = idp.initiate_auth(
        ClientId=app, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
    )["AuthenticationResult"]
    assert claims(refreshed["IdToken"])["cognito:groups"] == ["readers"]


def test_global_sign_out_ends_every_token(idp, pool, app):
    confirmed_user(idp, pool, "grace")
    tokens = sign_in(idp, app, "grace")["AuthenticationResult"]
    idp.global_sign_out(AccessToken=tokens["AccessToken"])
    with pytest.raises(idp.exceptions.NotAuthorizedException) as refused:
        idp.get_user(AccessToken=tokens["AccessToken"])
    assert refused.value.response["Error"]["Message"] == "Access Token has been revoked"
    with pytest.raises(idp.exceptions.NotAuthorizedException):
        idp.initiate_auth(
            ClientId=app, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
        )
    assert "AuthenticationResult" in sign_in(idp, app, "grace")


def test_revoked_refresh_token_takes_its_access_tokens_along(idp, pool, app):
    confirmed_user(idp, pool, "heidi")
    kept = sign_in(idp, app, "heidi")["AuthenticationResult"]
    tokens = sign_in(idp, app, "heidi")["AuthenticationResult"]
    idp.revoke_token(Token=tokens["RefreshToken"], ClientId=app)
    with pytest.raises(idp.exceptions.NotAuthorizedException):
        idp.get_user(AccessToken=tokens["AccessToken"])
    with pytest.raises(idp.exceptions.NotAuthorizedException) as refused:
        idp.initiate_auth(
            ClientId=app, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
        )
    assert refused.value.response["Error"]["Message"] == "Refresh Token has been revoked"
    assert idp.get_user(AccessToken=kept["AccessToken"])["Username"] == "heidi"


def test_temporary_password_asks_for_a_new_one(server, idp, pool, app):
    idp.admin_create_user(
        UserPoolId=pool, Username="ivan", DesiredDeliveryMediums=["EMAIL"],
        UserAttributes=[{"Name": "email", "Value": "ivan@example.com"}, {"Name": "email_verified", "Value": "true"}],
    )
    temporary = server.code("ivan@example.com")
    challenge = sign_in(idp, app, "ivan", temporary)
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert idp.admin_get_user(UserPoolId=pool, Username="ivan")["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    done = idp.respond_to_auth_challenge(
        ClientId=app, ChallengeName="NEW_PASSWORD_REQUIRED", Session=challenge["Session"],
        ChallengeResponses={"USERNAME": "ivan", "NEW_PASSWORD": PASSWORD},
    )
    assert "AuthenticationResult" in done
    assert idp.admin_get_user(UserPoolId=pool, Username="ivan")["UserStatus"] == "CONFIRMED"


def test_forgotten_password(server, idp, pool, app):
    confirmed_user(idp, pool, "judy", "judy@example.com")
    idp.forgot_password(ClientId=app, Username="judy")
    code = server.code("judy@example.com")
    idp.confirm_forgot_password(ClientId=app, Username="judy", ConfirmationCode=code, Password="Another-Horse-8")
    with pytest.raises(idp.exceptions.NotAuthorizedException):
        sign_in(idp, app, "judy")
    assert "AuthenticationResult" in sign_in(idp, app, "judy", "Another-Horse-8")


def test_secret_hash_is_demanded(idp, pool):
    app = create_client(idp, pool, GenerateSecret=True)
    confirmed_user(idp, pool, "ken")
    with pytest.raises(idp.exceptions.NotAuthorizedException) as refused:
        sign_in(idp, app["ClientId"], "ken")
    assert "SECRET_HASH was not received" in refused.value.response["Error"]["Message"]
    proof = hmac.new(app["ClientSecret"].encode(), ("ken" + app["ClientId"]).encode(), hashlib.sha256)
    proof = base64.b64encode(proof.digest()).decode()
    assert "AuthenticationResult" in sign_in(idp, app["ClientId"], "ken", SECRET_HASH=proof)


def test_disabled_user_is_out(idp, pool, app):
    confirmed_user(idp, pool, "lara")
    tokens = sign_in(idp, app, "lara")["AuthenticationResult"]
    idp.admin_disable_user(UserPoolId=pool, Username="lara")
    with pytest.raises(idp.exceptions.NotAuthorizedException) as refused:
        sign_in(idp, app, "lara")
    assert refused.value.response["Error"]["Message"] == "User is disabled."
    with pytest.raises(idp.exceptions.NotAuthorizedException):
        idp.get_user(AccessToken=tokens["AccessToken"])
    idp.admin_enable_user(UserPoolId=pool, Username="lara")
    assert "AuthenticationResult" in sign_in(idp, app, "lara")


def test_list_users_filters_and_pages(idp, pool):
    for number in range(25):
        confirmed_user(idp, pool, f"page-{number:02}", f"page-{number:02}@example.com")
    names = []
    for page in idp.get_paginator("list_users").paginate(UserPoolId=pool, PaginationConfig={"PageSize": 10}):
        names += [user["Username"] for user in page["Users"]]
    assert sorted(names) == [f"page-{number:02}" for number in range(25)]

    def found(text):
        return sorted(u["Username"] for u in idp.list_users(UserPoolId=pool, Filter=text)["Users"])

    assert found('email = "page-07@example.com"') == ["page-07"]
    assert found('email ^= "page-1"') == [f"page-{number}" for number in range(10, 20)]
    assert found('username = "page-03"') == ["page-03"]
    assert len(found('cognito:user_status = "CONFIRMED"')) == 25
    assert found('status = "Disabled"') == []
    only = idp.list_users(UserPoolId=pool, Filter='username = "page-03"', AttributesToGet=["email"])["Users"][0]
    assert only["Attributes"] == [{"Name": "email", "Value": "page-03@example.com"}]
    with pytest.raises(idp.exceptions.InvalidParameterException):
        found("email ~ 3")


def test_validation_speaks_the_vendors_form(server, idp):
    unchecked = boto3.client(
        "cognito-idp", endpoint_url=server.url, region_name=REGION, aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY, config=Config(parameter_validation=False),
    )
    with pytest.raises(idp.exceptions.ClientError) as refused:
        unchecked.list_user_pools(MaxResults=61)
    error = refused.value.response["Error"]
    assert error["Code"] == "InvalidParameterException"
    assert error["Message"].startswith("1 validation error detected: Value")
    assert "at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 60" in error["Message"]


def test_unknown_operation_has_the_vendors_body(server):
    answer = requests.post(server.url, data=b"{}", timeout=10, headers={
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AWSCognitoIdentityProviderService.BrewCoffee",
    })
    assert answer.status_code == 400
    assert answer.json()["__type"] == "UnknownOperationException"
    assert answer.headers["x-amzn-requestid"]


def test_keys_and_discovery_are_published(server, pool):
    keys = requests.get(f"{server.url}/{pool}/.well-known/jwks.json", timeout=10).json()["keys"]
    assert len(keys) == 2
    assert {key["alg"] for key in keys} == {"RS256"}
    document = requests.get(f"{server.url}/{pool}/.well-known/openid-configuration", timeout=10).json()
    assert document["issuer"] == f"{server.url}/{pool}"
    assert document["jwks_uri"] == f"{server.url}/{pool}/.well-known/jwks.json"


def test_update_resets_what_is_not_sent(idp):
    pool = create_pool(idp, DeletionProtection="ACTIVE", MfaConfiguration="OFF")
    with pytest.raises(idp.exceptions.InvalidParameterException):
        idp.delete_user_pool(UserPoolId=pool)
    idp.update_user_pool(UserPoolId=pool, DeletionProtection="INACTIVE")
    described = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert not described.get("AutoVerifiedAttributes")
    idp.delete_user_pool(UserPoolId=pool)
    with pytest.raises(idp.exceptions.ResourceNotFoundException) as refused:
        idp.describe_user_pool(UserPoolId=pool)
    assert refused.value.response["Error"]["Message"] == f"User pool {pool} does not exist."


def test_csv_import_by_curl(tmp_path, idp, pool, app):
    header = idp.get_csv_header(UserPoolId=pool)["CSVHeader"]
    assert header[-2:] == ["cognito:mfa_enabled", "cognito:username"]
    out = io.StringIO()
    writer = csv.DictWriter(out, header, lineterminator="\n")
    writer.writeheader()
    for number in range(20):
        writer.writerow({
            "cognito:username": f"row-{number}", "cognito:mfa_enabled": "false",
            "email": f"row-{number}@example.com", "email_verified": "true", "phone_number_verified": "false",
        })
    # One row that is there already, one whose address is not verified.
    confirmed_user(idp, pool, "row-19")
    writer.writerow({
        "cognito:username": "row-20", "cognito:mfa_enabled": "false",
        "email": "row-20@example.com", "email_verified": "false", "phone_number_verified": "false",
    })
    file = tmp_path / "users.csv"
    file.write_text(out.getvalue())
    job = idp.create_user_import_job(
        UserPoolId=pool, JobName="by curl", CloudWatchLogsRoleArn="arn:aws:iam::123456789012:role/logs",
    )["UserImportJob"]
    assert job["Status"] == "Created"
    url = job["PreSignedUrl"]
    with pytest.raises(idp.exceptions.PreconditionNotMetException):
        idp.start_user_import_job(UserPoolId=pool, JobId=job["JobId"])
    sent = subprocess.run(
        ["curl", "-sS", "--fail-with-body", "-T", str(file), "-H", "x-amz-server-side-encryption: aws:kms",
         url],
        capture_output=True, text=True, timeout=30,
    )
    assert sent.returncode == 0, sent.stdout + sent.stderr
    idp.start_user_import_job(UserPoolId=pool, JobId=job["JobId"])
    for _ in range(150):
        job = idp.describe_user_import_job(UserPoolId=pool, JobId=job["JobId"])["UserImportJob"]
        if job["Status"] in ("Succeeded", "Failed", "Stopped"):
            break
        time.sleep(0.1)
    assert (job["Status"], job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]) == ("Succeeded", 19, 1, 1)
    user = idp.admin_get_user(UserPoolId=pool, Username="row-7")
    assert user["UserStatus"] == "RESET_REQUIRED"
    listed = idp.list_user_import_jobs(UserPoolId=pool, MaxResults=10)["UserImportJobs"]
    assert [j["JobId"] for j in listed] == [job["JobId"]]
    tampered = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-T", str(file),
         "-H", "x-amz-server-side-encryption: aws:kms", url + "0"],
        capture_output=True, text=True, timeout=30,
    )
    assert tampered.stdout.startswith("4")


def png(width, height):
    """A picture of one colour, made by hand so that nothing else is needed."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + b"\x33\x7a\xb7" * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def test_classic_branding_is_kept_and_served(idp, pool, app):
    css = ".submitButton-customizable { background-color: #123456; }"
    picture = png(120, 40)
    saved = idp.set_ui_customization(UserPoolId=pool, ClientId="ALL", CSS=css, ImageFile=picture)["UICustomization"]
    assert saved["CSS"] == css and saved["CSSVersion"]
    read = idp.get_ui_customization(UserPoolId=pool, ClientId=app)["UICustomization"]
    assert read["CSS"] == css and read["ClientId"] == "ALL"
    served = requests.get(read["ImageUrl"], timeout=10)
    assert served.status_code == 200 and served.content == picture
    assert served.headers["content-type"] == "image/png"
    for bad in (".other { color: red; }", "@import 'x';", ".submitButton-customizable { position: fixed; }"):
        with pytest.raises(idp.exceptions.InvalidParameterException):
            idp.set_ui_customization(UserPoolId=pool, CSS=bad)
    with pytest.raises(idp.exceptions.InvalidParameterException):
        idp.set_ui_customization(UserPoolId=pool, CSS=css, ImageFile=picture[:40])
    assert idp.get_ui_customization(UserPoolId=pool)["UICustomization"]["CSS"] == css
