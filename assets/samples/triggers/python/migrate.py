"""Takes over users of another directory, here a SQLite file, one by one as they come.

Bind it to UserMigration. `DIRECTORY` names the file; its table is

    CREATE TABLE person (name TEXT PRIMARY KEY, email TEXT, given_name TEXT, salt BLOB, hash BLOB)

with scrypt (N=16384, r=8, p=1, 32 bytes) hashes of the passwords.
"""

import hashlib
import hmac
import os
import sqlite3


def lambda_handler(event, context):
    with sqlite3.connect(f"file:{os.environ['DIRECTORY']}?mode=ro", uri=True) as directory:
        person = directory.execute(
            "SELECT email, given_name, salt, hash FROM person WHERE name = ?", (event["userName"],)
        ).fetchone()
    if person is None:
        # No attributes: the user is as unknown as before.
        return event
    email, given_name, salt, expected = person
    attributes = {"email": email, "email_verified": "true", "given_name": given_name}
    if event["triggerSource"] == "UserMigration_Authentication":
        given = hashlib.scrypt(event["request"]["password"].encode(), salt=salt, n=16384, r=8, p=1, dklen=32)
        if not hmac.compare_digest(given, expected):
            raise PermissionError("Incorrect username or password.")
        event["response"].update(
            userAttributes=attributes, finalUserStatus="CONFIRMED", messageAction="SUPPRESS"
        )
    elif event["triggerSource"] == "UserMigration_ForgotPassword":
        event["response"].update(userAttributes=attributes, messageAction="SUPPRESS")
    return event
