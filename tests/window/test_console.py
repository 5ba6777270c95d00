"""The console as an admin uses it, in the real window, read back by boto3."""

import csv
import io
import re
import subprocess
import time
import urllib.request

import pytest
from driver import Window, support
from test_boto3 import png

GOOD, BAD = 980, 20


@pytest.fixture
def window(tmp_path):
    window = Window(
        tmp_path, "--data", str(tmp_path / "pools"), "--listen", "127.0.0.1:0",
        "--access-key", f"{support.ACCESS_KEY}:{support.SECRET_KEY}",
    )
    yield window
    window.close()


def pixels_that_differ(one, other):
    """How many pixels two pictures differ in."""
    compared = subprocess.run(
        ["compare", "-metric", "AE", "-fuzz", "5%", str(one), str(other), "null:"], capture_output=True, text=True,
    )
    return float(compared.stderr.split()[0])


def users_file(path, header):
    """A CSV of good rows, and bad ones of three kinds among them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, lineterminator="\n")
    writer.writeheader()
    for number in range(GOOD + BAD):
        row = {
            "cognito:username": f"person-{number:04}", "cognito:mfa_enabled": "false",
            "email": f"person-{number:04}@example.com", "email_verified": "true", "phone_number_verified": "false",
        }
        # Every fiftieth row is bad.
        if number % 50 == 7:
            spoil = [
                {"email_verified": "false"}, {"cognito:username": "two words"}, {"birthdate": "yesterday"},
            ][number // 50 % 3]
            row.update(spoil)
        writer.writerow(row)
    path.write_text(out.getvalue())


def test_an_admin_sets_up_a_user_pool(window, tmp_path):
    address = window.shows("http://127.0.0.1:", seconds=60).name
    server = type("Server", (), {"url": address})
    idp = support.client(server, region="us-east-1")

    # Create a user pool, open for sign-up.
    window.go("User pools")
    window.click("Create user pool")
    window.write("User pool name", "harbour")
    window.click("Username")
    window.click("Let people register themselves")
    window.click("Create user pool", nth=-1)
    window.shows("User pool harbour created")
    pool = next(p["Id"] for p in idp.list_user_pools(MaxResults=60)["UserPools"] if p["Name"] == "harbour")

    def closed():
        described = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
        return described["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]

    assert closed() is False

    # Switch sign-up off.
    window.go("Sign-up")
    window.click("Let people register themselves")
    window.click("Review and apply")
    window.click(re.compile(r"^Apply \d"))
    window.gone(re.compile(r"^Apply \d"))
    window.wait(closed, 15, "self-service sign-up stays on")

    # A group, and a user in it.
    window.go("Groups")
    window.click("Create group")
    window.write("Group name", "pilots")
    window.click("Create group", nth=-1)
    window.shows("Group pilots created")
    window.gone("Group name")
    window.go("Users")
    window.click("Create user")
    window.write("Username", "ada")
    window.write("Email address", "ada@example.com")
    window.click("pilots")
    window.click("Create user", nth=-1)
    window.shows("User ada created")
    window.gone("Generate a password")
    members = idp.list_users_in_group(UserPoolId=pool, GroupName="pilots")["Users"]
    assert [member["Username"] for member in members] == ["ada"]
    ada = idp.admin_get_user(UserPoolId=pool, Username="ada")
    told = {attribute["Name"]: attribute["Value"] for attribute in ada["UserAttributes"]}
    assert told["email"] == "ada@example.com" and ada["Enabled"]

    # Logo and style sheet; the preview follows.
    window.go("Branding studio")
    preview = window.shows("Preview of the sign-in page, desktop", seconds=30)
    time.sleep(2)
    area = preview.queryComponent().getExtents(0)
    before = window.screenshot(tmp_path / "before.png", area)
    css = ".banner-customizable { background-color: #0b5; }\n.submitButton-customizable { background-color: #b05; }\n"
    window.write("Style sheet", css)
    time.sleep(2)
    with_css = window.screenshot(tmp_path / "with_css.png", area)
    assert pixels_that_differ(before, with_css) > 1000
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(200, 80))
    window.choose_file("Choose…", "Path of the picture", logo)
    time.sleep(2)
    if window.find_now("Use as logo"):
        window.click("Use as logo")
        time.sleep(2)
    with_logo = window.screenshot(tmp_path / "with_logo.png", area)
    assert pixels_that_differ(with_css, with_logo) > 1000
    window.click("Save…")
    window.click("Save", nth=-1)
    window.shows("Branding saved and read back")
    stored = idp.get_ui_customization(UserPoolId=pool)["UICustomization"]
    assert stored["CSS"].strip() == css.strip()
    with urllib.request.urlopen(stored["ImageUrl"]) as picture:
        assert picture.read(4) in (b"\x89PNG", b"\xff\xd8\xff\xe0")

    # A thousand rows, twenty of them bad, through the wizard.
    header = idp.get_csv_header(UserPoolId=pool)["CSVHeader"]
    users_file(tmp_path / "users.csv", header)
    window.go("Imports")
    window.click("Import users")
    window.write("Path of the file", str(tmp_path / "users.csv"))
    window.click("Open")
    window.click("Map columns")
    window.click("Check rows")
    window.shows(f"{GOOD} of 1,000 rows are ready", seconds=30)
    window.shows(f"{BAD} with problems")
    window.click(f"Import {GOOD} users")
    window.shows(f"{GOOD} users imported", seconds=60)
    window.click("Done")
    window.shows("Succeeded")
    jobs = idp.list_user_import_jobs(UserPoolId=pool, MaxResults=10)["UserImportJobs"]
    assert [(job["Status"], job["ImportedUsers"]) for job in jobs] == [("Succeeded", GOOD)]
    names = {
        user["Username"]
        for page in idp.get_paginator("list_users").paginate(UserPoolId=pool, PaginationConfig={"PageSize": 60})
        for user in page["Users"]
    }
    assert len(names) == GOOD + 1 and {"ada", "person-0000"} <= names
    assert not {f"person-{number:04}" for number in range(7, GOOD + BAD, 50)} & names
    sample = idp.admin_get_user(UserPoolId=pool, Username="person-0500")
    told = {attribute["Name"]: attribute["Value"] for attribute in sample["UserAttributes"]}
    assert told["email"] == "person-0500@example.com" and told["email_verified"] == "true"
    # Sign-up is still off for everybody else.
    client = idp.create_user_pool_client(UserPoolId=pool, ClientName="web")["UserPoolClient"]["ClientId"]
    with pytest.raises(idp.exceptions.NotAuthorizedException):
        idp.sign_up(ClientId=client, Username="stranger", Password="Str4nger!pass")

    # Asked to end, it closes the store, with nothing left in a log beside it.
    assert window.end() == 0
    assert (tmp_path / "pools" / "poolhouse.sqlite").exists()
    assert not list((tmp_path / "pools").glob("*.sqlite-*"))
