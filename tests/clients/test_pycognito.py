"""pycognito against the server: SRP by an implementation that is not ours, tokens checked by it."""

import pytest
from pycognito import AWSSRP, Cognito
from pycognito.exceptions import ForceChangePasswordException

from support import ACCESS_KEY, PASSWORD, REGION, SECRET_KEY, confirmed_user, create_client


@pytest.fixture
def person(server, pool, app):
    def person(username, client=app, **more):
        # The endpoint is also what pycognito takes for the issuer and the place of the keys.
        return Cognito(
            pool, client, user_pool_region=REGION, username=username, access_key=ACCESS_KEY,
            secret_key=SECRET_KEY, boto3_client_kwargs={"endpoint_url": server.url}, **more,
        )
    return person


def test_register_confirm_and_sign_in_by_srp(server, idp, pool, person):
    somebody = person("py")
    somebody.set_base_attributes(email="py@example.com")
    somebody.register("py", PASSWORD)
    somebody.confirm_sign_up(server.code("py@example.com"), username="py")
    idp.create_group(UserPoolId=pool, GroupName="snakes")
    idp.admin_add_user_to_group(UserPoolId=pool, Username="py", GroupName="snakes")

    somebody.authenticate(PASSWORD)
    assert somebody.id_claims["cognito:groups"] == ["snakes"]
    assert somebody.access_claims["username"] == "py"
    assert somebody.get_user().email == "py@example.com"
    first = somebody.access_token
    somebody.renew_access_token()
    assert somebody.access_token != first
    somebody.logout()
    with pytest.raises(idp.exceptions.NotAuthorizedException):
        idp.get_user(AccessToken=first)


@pytest.mark.parametrize("username", ["py-wrong", "py-nobody"])
def test_wrong_password_by_srp(idp, pool, person, username):
    confirmed_user(idp, pool, "py-wrong")
    with pytest.raises(idp.exceptions.NotAuthorizedException) as refused:
        person(username).authenticate("Wrong-Horse-7")
    assert refused.value.response["Error"]["Message"] == "Incorrect username or password."


def test_srp_with_a_client_secret(idp, pool, person):
    app = create_client(idp, pool, GenerateSecret=True)
    confirmed_user(idp, pool, "py-secret")
    somebody = person("py-secret", app["ClientId"], client_secret=app["ClientSecret"])
    somebody.authenticate(PASSWORD)
    assert somebody.id_claims["aud"] == app["ClientId"]


def test_srp_many_times_never_trips_over_a_leading_zero(idp, pool, app):
    confirmed_user(idp, pool, "py-many")
    for _ in range(12):
        srp = AWSSRP(username="py-many", password=PASSWORD, pool_id=pool, client_id=app, client=idp)
        assert "AuthenticationResult" in srp.authenticate_user()


def test_of_two_thousand_proofs_none_is_misjudged(idp, pool, app):
    """A thousand right and a thousand wrong ones; every user errs and is right in turn, so that none is locked."""
    users, rounds = 50, 20
    judged = {True: 0, False: 0}
    for number in range(users):
        confirmed_user(idp, pool, f"py-{number}")
        for _ in range(rounds):
            for password, is_right in ((PASSWORD + "x", False), (PASSWORD, True)):
                srp = AWSSRP(
                    username=f"py-{number}", password=password, pool_id=pool, client_id=app, client=idp,
                )
                try:
                    accepted = "AccessToken" in srp.authenticate_user()["AuthenticationResult"]
                except idp.exceptions.NotAuthorizedException as refused:
                    assert refused.response["Error"]["Message"] == "Incorrect username or password."
                    accepted = False
                assert accepted == is_right, f"user {number}"
                judged[accepted] += 1
    assert judged == {True: users * rounds, False: users * rounds}


def test_temporary_password_by_srp(idp, pool, app):
    idp.admin_create_user(
        UserPoolId=pool, Username="py-temporary", TemporaryPassword="Temporary-Horse-1", MessageAction="SUPPRESS",
    )
    srp = AWSSRP(
        username="py-temporary", password="Temporary-Horse-1", pool_id=pool, client_id=app, client=idp,
    )
    with pytest.raises(ForceChangePasswordException):
        srp.authenticate_user()
    srp = AWSSRP(
        username="py-temporary", password="Temporary-Horse-1", pool_id=pool, client_id=app, client=idp,
    )
    assert "AuthenticationResult" in srp.set_new_password_challenge(PASSWORD)
