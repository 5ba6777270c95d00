import pytest

import support


@pytest.fixture(scope="session")
def server():
    server = support.Server()
    server.start()
    yield server
    assert server.stop() == 0, "the server did not end cleanly on SIGTERM"


@pytest.fixture(scope="session")
def idp(server):
    return support.client(server)


@pytest.fixture
def pool(idp):
    pool = support.create_pool(idp)
    yield pool
    idp.delete_user_pool(UserPoolId=pool)


@pytest.fixture
def app(idp, pool):
    return support.create_client(idp, pool)["ClientId"]
