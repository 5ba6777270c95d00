"""Sends e-mails in the engine's place. Bind it to CustomEmailSender; the pool needs a KMSKeyID.

The code comes encrypted in the message format of the AWS Encryption SDK. `CODE_KEY` is the key
that the KMSKeyID stands for, 32 bytes in base64; `CODE_KEY_ID` the KMSKeyID itself. A real
sender would call a mail service; this one appends a line to the file `SENT`.

Needs the package aws-encryption-sdk.
"""

import base64
import json
import os

import aws_encryption_sdk
from aws_encryption_sdk.identifiers import CommitmentPolicy, EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKeyProvider


class CodeKey(RawMasterKeyProvider):
    provider_id = "poolhouse"

    def _get_raw_key(self, key_id):
        return WrappingKey(
            wrapping_algorithm=WrappingAlgorithm.AES_256_GCM_IV12_TAG16_NO_PADDING,
            wrapping_key=base64.b64decode(os.environ["CODE_KEY"]),
            wrapping_key_type=EncryptionKeyType.SYMMETRIC,
        )


def decrypt(code):
    keys = CodeKey()
    keys.add_master_key(os.environ["CODE_KEY_ID"])
    client = aws_encryption_sdk.EncryptionSDKClient(
        commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
    )
    plain, header = client.decrypt(source=base64.b64decode(code), key_provider=keys)
    return plain.decode(), header.encryption_context


def lambda_handler(event, context):
    request = event["request"]
    code, encryption_context = decrypt(request["code"])
    # A code of another pool is not ours to send.
    if encryption_context["userpool-id"] != event["userPoolId"]:
        raise PermissionError("The code belongs to another user pool.")
    line = {"to": request["userAttributes"]["email"], "why": event["triggerSource"], "code": code}
    with open(os.environ["SENT"], "a") as sent:
        sent.write(json.dumps(line) + "\n")
    return event
