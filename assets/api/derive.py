#!/usr/bin/env python3
"""Derives the service model and the wire types from the public model in botocore.

    python3 assets/api/derive.py                  # newest botocore from the package index
    python3 assets/api/derive.py --botocore DIR   # an unpacked botocore package
    python3 assets/api/derive.py --types-only     # Rust from the checked-in JSON alone
    python3 assets/api/derive.py --check          # fail if the Rust is not what the JSON gives

It writes facts alone, no prose: operations, members, types, required members,
lengths, ranges, patterns, enums, declared errors, authorisation. Results:
`assets/api/*.json`, `src/wire/idp`, `src/wire/identity`, `src/wire/fault.rs`.
"""

import argparse
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

SERVICES = {
    "idp": ("cognito-idp", "AWSCognitoIdentityProviderService", "Idp"),
    "identity": ("cognito-identity", "AWSCognitoIdentityService", "Identity"),
}

# Operations whose caller proves itself by a member of the request. The model has
# no trait for it: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pools-API-operations.html
TOKEN_OR_SESSION = {"AssociateSoftwareToken", "VerifySoftwareToken"}
SIGNED_OR_CLIENT = {"GetClientToken", "GetDerivedToken"}

# Strings that open something. They are `Secret`, so that no log or `Debug` shows them.
SECRETS = {
    "ClientSecretType", "PasswordType", "SecretCodeType", "SecretHashType", "SessionType",
    "SoftwareTokenMFAUserCodeType", "TokenModelType", "GetDerivedTokenTokenModelType",
    "ConfirmationCodeType", "IdentityProviderToken", "OIDCToken", "SecretKeyString",
}
SECRET_MAPS = {"AuthParametersType", "ChallengeResponsesType"}

FILES = {
    "idp": {
        "user_pools": "CreateUserPool DescribeUserPool UpdateUserPool DeleteUserPool ListUserPools AddCustomAttributes GetUserPoolMfaConfig SetUserPoolMfaConfig GetSigningCertificate",
        "app_clients": "CreateUserPoolClient DescribeUserPoolClient UpdateUserPoolClient DeleteUserPoolClient ListUserPoolClients AddUserPoolClientSecret DeleteUserPoolClientSecret ListUserPoolClientSecrets",
        "resource_servers": "CreateResourceServer DescribeResourceServer UpdateResourceServer DeleteResourceServer ListResourceServers",
        "domains": "CreateUserPoolDomain DescribeUserPoolDomain UpdateUserPoolDomain DeleteUserPoolDomain",
        "identity_providers": "CreateIdentityProvider DescribeIdentityProvider GetIdentityProviderByIdentifier UpdateIdentityProvider DeleteIdentityProvider ListIdentityProviders AdminLinkProviderForUser AdminDisableProviderForUser",
        "users": "AdminCreateUser AdminGetUser ListUsers AdminUpdateUserAttributes AdminDeleteUserAttributes AdminDeleteUser AdminEnableUser AdminDisableUser AdminConfirmSignUp AdminSetUserPassword AdminResetUserPassword AdminUserGlobalSignOut AdminSetUserMFAPreference AdminSetUserSettings AdminGetUserAuthFactors AdminDeleteSoftwareToken",
        "groups": "CreateGroup GetGroup UpdateGroup DeleteGroup ListGroups AdminAddUserToGroup AdminRemoveUserFromGroup AdminListGroupsForUser ListUsersInGroup",
        "sign_up": "SignUp ConfirmSignUp ResendConfirmationCode ForgotPassword ConfirmForgotPassword",
        "sign_in": "InitiateAuth RespondToAuthChallenge AdminInitiateAuth AdminRespondToAuthChallenge GetTokensFromRefreshToken RevokeToken GlobalSignOut GetClientToken GetDerivedToken",
        "profile": "GetUser UpdateUserAttributes DeleteUserAttributes GetUserAttributeVerificationCode VerifyUserAttribute ChangePassword DeleteUser GetUserAuthFactors SetUserMFAPreference SetUserSettings",
        "software_tokens": "AssociateSoftwareToken VerifySoftwareToken",
        "passkeys": "StartWebAuthnRegistration CompleteWebAuthnRegistration ListWebAuthnCredentials DeleteWebAuthnCredential",
        "devices": "ConfirmDevice GetDevice ListDevices UpdateDeviceStatus ForgetDevice AdminGetDevice AdminListDevices AdminUpdateDeviceStatus AdminForgetDevice",
        "sessions": "GetUserPoolSessionConfiguration SetUserPoolSessionConfiguration GetUserPoolClientSessionConfiguration SetUserPoolClientSessionConfiguration ListUserSessions RevokeUserSession AdminListUserSessions AdminRevokeUserSession",
        "imports": "GetCSVHeader CreateUserImportJob DescribeUserImportJob ListUserImportJobs StartUserImportJob StopUserImportJob",
        "ui_customization": "GetUICustomization SetUICustomization",
        "managed_login": "CreateManagedLoginBranding DescribeManagedLoginBranding DescribeManagedLoginBrandingByClient UpdateManagedLoginBranding DeleteManagedLoginBranding",
        "terms": "CreateTerms DescribeTerms DescribeTermsByClient UpdateTerms DeleteTerms ListTerms",
        "threat_protection": "DescribeRiskConfiguration SetRiskConfiguration AdminListUserAuthEvents AdminUpdateAuthEventFeedback UpdateAuthEventFeedback",
        "log_delivery": "GetLogDeliveryConfiguration SetLogDeliveryConfiguration",
        "replicas": "CreateUserPoolReplica ListUserPoolReplicas UpdateUserPoolReplica DeleteUserPoolReplica",
        "limits": "GetProvisionedLimit UpdateProvisionedLimit",
        "tags": "TagResource UntagResource ListTagsForResource",
    },
    "identity": {
        "pools": "CreateIdentityPool DescribeIdentityPool UpdateIdentityPool DeleteIdentityPool ListIdentityPools",
        "roles": "SetIdentityPoolRoles GetIdentityPoolRoles SetPrincipalTagAttributeMap GetPrincipalTagAttributeMap",
        "credentials": "GetId GetCredentialsForIdentity GetOpenIdToken UnlinkIdentity",
        "developer": "GetOpenIdTokenForDeveloperIdentity LookupDeveloperIdentity MergeDeveloperIdentities UnlinkDeveloperIdentity",
        "identities": "DescribeIdentity ListIdentities DeleteIdentities",
        "tags": "TagResource UntagResource ListTagsForResource",
    },
}

# Errors every service of the vendor may answer.
# https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html
COMMON_ERRORS = [
    "ExpiredTokenException", "IncompleteSignatureException", "InvalidSignatureException",
    "MissingAuthenticationTokenException", "SerializationException", "ThrottlingException",
    "UnknownOperationException", "UnrecognizedClientException", "ValidationException",
    "RequestEntityTooLargeException", "ServiceUnavailableException",
]
STATUS = {
    "UnrecognizedClientException": 400, "RequestEntityTooLargeException": 413, "ServiceUnavailableException": 503,
}

KEYWORDS = {"type", "enum", "match", "ref", "self", "use", "move", "loop", "in", "mod"}


def snake(name):
    """Turns a vendor member name into a Rust field name."""
    for plural in ("URL", "URI", "ARN", "ID"):
        name = name.replace(plural + "s", plural.capitalize() + "s")
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    return name


def pascal(field):
    return "".join(part[:1].upper() + part[1:] for part in field.split("_"))


def rust_type_name(name):
    return name[:1].upper() + name[1:]


def variant(value):
    """Turns an enum value into a Rust variant name."""
    parts = re.split(r"[_\-.:/ ]+", value)
    out = ""
    for part in parts:
        out += part.capitalize() if part.isupper() or part.islower() else part[:1].upper() + part[1:]
    if out[0].isdigit():
        out = "V" + out
    return "SelfValue" if out == "Self" else out


def load_botocore(folder):
    if folder:
        return pathlib.Path(folder)
    target = pathlib.Path(tempfile.mkdtemp(prefix="derive-"))
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "botocore", "-d", str(target)], check=True
    )
    wheel = next(target.glob("botocore-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target / "botocore"


def reduce_model(key, folder):
    """Keeps the facts of one service model and leaves its prose behind."""
    signing_name, target_prefix, _ = SERVICES[key]
    path = sorted((folder / "data" / signing_name).glob("*/service-2.json*"))[-1]
    raw = json.loads(gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes())
    operations = {}
    for name, op in sorted(raw["operations"].items()):
        if name in TOKEN_OR_SESSION:
            auth = "TokenOrSession"
        elif name in SIGNED_OR_CLIENT:
            auth = "SignedOrClient"
        elif op.get("authtype") == "none":
            members = raw["shapes"][op["input"]["shape"]]["members"]
            auth = "AccessToken" if "AccessToken" in members and name != "GetTokensFromRefreshToken" else "Public"
        else:
            auth = "Signed"
        operations[name] = {
            "input": op["input"]["shape"],
            "output": op["output"]["shape"] if "output" in op else None,
            "auth": auth,
            "errors": [error["shape"] for error in op.get("errors", [])],
        }
    shapes = {}
    for name, shape in sorted(raw["shapes"].items()):
        fact = {"type": shape["type"]}
        if shape["type"] == "structure":
            if shape.get("document"):
                fact["document"] = True
            elif shape.get("exception"):
                fact["exception"] = 500 if shape.get("fault") else 400
            fact["members"] = {m: d["shape"] for m, d in shape.get("members", {}).items()}
            if shape.get("required"):
                fact["required"] = shape["required"]
        elif shape["type"] == "list":
            fact["member"] = shape["member"]["shape"]
        elif shape["type"] == "map":
            fact["key"] = shape["key"]["shape"]
            fact["value"] = shape["value"]["shape"]
        for limit in ("min", "max", "pattern", "enum"):
            if limit in shape:
                fact[limit] = shape[limit]
        if shape.get("sensitive"):
            fact["sensitive"] = True
        shapes[name] = fact
    return {
        "service": signing_name,
        "target": target_prefix,
        "version": raw["metadata"]["apiVersion"],
        "operations": operations,
        "shapes": shapes,
    }


def limits(shape):
    """States the limits of a shape in words."""
    words = []
    unit = {"string": "characters", "list": "entries", "map": "entries", "blob": "bytes"}.get(shape["type"], "")
    low, high = shape.get("min"), shape.get("max")
    if low is not None and high is not None:
        words.append(f"{low} to {high} {unit}".strip())
    elif low is not None:
        words.append(f"at least {low} {unit}".strip())
    elif high is not None:
        words.append(f"at most {high} {unit}".strip())
    if "pattern" in shape:
        words.append(f"pattern `{shape['pattern']}`")
    return words


class Rust:
    """Writes the wire types of one service."""

    def __init__(self, key, model):
        self.key, self.model = key, model
        self.shapes = model["shapes"]
        self.out = {}
        self.owner = {}
        self.assign()

    def refs(self, name):
        shape = self.shapes[name]
        if shape["type"] == "structure":
            return [] if shape.get("document") else list(shape["members"].values())
        return [shape[k] for k in ("member", "key", "value") if k in shape]

    def closure(self, name, seen):
        if name in seen:
            return
        seen.add(name)
        for other in self.refs(name):
            self.closure(other, seen)

    def assign(self):
        """Gives each shape to the one file that uses it, or to `types`."""
        users = {}
        self.inputs = set()
        for file, names in FILES[self.key].items():
            for op in names.split():
                fact = self.model["operations"][op]
                seen = set()
                self.closure(fact["input"], seen)
                self.inputs |= seen
                if fact["output"]:
                    self.closure(fact["output"], seen)
                for shape in seen:
                    users.setdefault(shape, set()).add(file)
        listed = {op for names in FILES[self.key].values() for op in names.split()}
        missing = set(self.model["operations"]) - listed
        if missing:
            sys.exit(f"no file for {sorted(missing)}: add them to FILES")
        for shape, files in users.items():
            self.owner[shape] = next(iter(files)) if len(files) == 1 else "types"

    def type_of(self, name):
        shape = self.shapes[name]
        kind = shape["type"]
        if kind == "string":
            if "enum" in shape:
                return rust_type_name(name)
            return "Secret" if name in SECRETS else "String"
        if kind == "structure":
            return "serde_json::Value" if shape.get("document") else rust_type_name(name)
        if kind == "list":
            return f"Vec<{self.type_of(shape['member'])}>"
        if kind == "map":
            value = "Secret" if name in SECRET_MAPS else self.type_of(shape["value"])
            return f"BTreeMap<{self.type_of(shape['key'])}, {value}>"
        return {"integer": "i32", "long": "i64", "boolean": "bool", "timestamp": "Timestamp", "blob": "Blob"}[kind]

    def enum(self, name, shape):
        type_name = rust_type_name(name)
        rows = [(value, variant(value)) for value in shape["enum"]]
        text = [f"/// The values of `{name}`.", "#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]", f"pub enum {type_name} {{"]
        text += [f"    {v}," for _, v in rows]
        text += ["    /// A value this model does not know, kept as it came.", "    Unlisted(String),", "}", ""]
        text += [f"wire_enum!({type_name} {{"] + [f"    {v} = \"{value}\"," for value, v in rows] + ["});", ""]
        return text

    def struct(self, name, shape):
        type_name = rust_type_name(name)
        required = set(shape.get("required", []))
        operation = next((o for o, f in self.model["operations"].items() if f["input"] == name), None)
        doc = f"/// The request of `{operation}`." if operation else f"/// `{name}` of the service model."
        text = [doc, "#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]"]
        if shape["members"]:
            text.append('#[serde(rename_all = "PascalCase")]')
        text.append(f"pub struct {type_name} {{")
        for member, target in shape["members"].items():
            field = snake(member)
            notes = limits(self.shapes[target])
            if self.shapes[target]["type"] == "list":
                inner = limits(self.shapes[self.shapes[target]["member"]])
                if inner:
                    notes.append("each " + ", ".join(inner))
            if notes:
                text.append("    /// " + ", ".join(notes)[:1].upper() + ", ".join(notes)[1:] + ".")
            attributes = []
            if pascal(field) != member:
                attributes.append(f'rename = "{member}"')
            typed = self.type_of(target)
            if member not in required:
                attributes.append('default, skip_serializing_if = "Option::is_none"')
                typed = f"Option<{typed}>"
            if attributes:
                text.append(f"    #[serde({', '.join(attributes)})]")
            text.append(f"    pub {'r#' if field in KEYWORDS else ''}{field}: {typed},")
        text += ["}", ""]
        return text

    def operation(self, name):
        fact = self.model["operations"][name]
        response = rust_type_name(fact["output"]) if fact["output"] else "NoOutput"
        errors = ", ".join(f"Code::{variant_of_error(e)}" for e in fact["errors"])
        return [
            f"impl Operation for {rust_type_name(fact['input'])} {{",
            f"    type Response = {response};",
            f'    const NAME: &\'static str = "{name}";',
            f"    const SERVICE: Service = Service::{SERVICES[self.key][2]};",
            f"    const AUTH: Auth = Auth::{fact['auth']};",
            f"    const ERRORS: &'static [Code] = &[{errors}];",
            "}",
            "",
        ]

    def files(self):
        result = {}
        for file in list(FILES[self.key]) + ["types"]:
            body = []
            names = FILES[self.key].get(file, "").split()
            for op in names:
                fact = self.model["operations"][op]
                for shape in (fact["input"], fact["output"]):
                    if shape and self.owner[shape] == file and shape not in result.setdefault(".done", set()):
                        result[".done"].add(shape)
                        body += self.struct(shape, self.shapes[shape])
                body += self.operation(op)
            for shape in sorted(s for s, f in self.owner.items() if f == file):
                fact = self.shapes[shape]
                if shape in result.setdefault(".done", set()):
                    continue
                if fact["type"] == "structure" and not fact.get("document"):
                    body += self.struct(shape, fact)
                elif fact["type"] == "string" and "enum" in fact:
                    body += self.enum(shape, fact)
            text = "\n".join(body)
            if not text:
                continue
            head = [
                f"//! {'Shapes that several resources share' if file == 'types' else 'Wire types of ' + file.replace('_', ' ')}.",
                "//!",
                "//! Made by `assets/api/derive.py` from the service model; change that, not this.",
                "",
            ]
            imports = []
            if "BTreeMap" in text:
                imports.append("use std::collections::BTreeMap;\n")
            if "Serialize" in text:
                imports.append("use serde::{Deserialize, Serialize};\n")
            if file != "types" and re.search(r"\b(" + "|".join(map(re.escape, sorted(rust_type_name(s) for s, f in self.owner.items() if f == "types" and (self.shapes[s]["type"] == "structure" or "enum" in self.shapes[s])))) + r")\b", text):
                used = sorted({rust_type_name(s) for s, f in self.owner.items() if f == "types" and (self.shapes[s]["type"] == "structure" or "enum" in self.shapes[s]) and re.search(rf"\b{rust_type_name(s)}\b", text)})
                imports.append("use super::types::{" + ", ".join(used) + "};")
            if "Secret" in text:
                imports.append("use crate::base::secret::Secret;")
            wire = [w for w in ("Auth", "Blob", "NoOutput", "Operation", "Service", "Timestamp") if re.search(rf"\b{w}\b", text)]
            if "Code::" in text:
                imports.append("use crate::wire::fault::Code;")
            if "wire_enum!" in text:
                wire.append("wire_enum")
            if wire:
                imports.append("use crate::wire::{" + ", ".join(wire) + "};")
            result[f"src/wire/{self.key}/{file}.rs"] = "\n".join(head + imports) + "\n\n" + text
        del result[".done"]
        infos = []
        for file, names in FILES[self.key].items():
            for op in names.split():
                fact = self.model["operations"][op]
                infos.append(f"    OperationInfo::of::<{file}::{rust_type_name(fact['input'])}>(),")
        mods = sorted(path.rsplit("/", 1)[1].removesuffix(".rs") for path in result)
        result[f"src/wire/{self.key}/mod.rs"] = "\n".join(
            [
                f"//! What travels to and from `{SERVICES[self.key][0]}`: one file a resource, the vendor's names.",
                "//!",
                "//! Made by `assets/api/derive.py` from the service model; change that, not this.",
                "",
                "use crate::wire::OperationInfo;",
                "",
            ]
            + [f"pub mod {m};" for m in mods]
            + [""]
            + [f"pub use {m}::*;" for m in mods]
            + [
                "",
                f"/// Every operation of `{SERVICES[self.key][0]}`.",
                "pub const OPERATIONS: &[OperationInfo] = &[",
            ]
            + infos
            + ["];", ""]
        )
        return result


def variant_of_error(name):
    return name[:1].upper() + name[1:]


def fault_codes(models):
    codes = {}
    for model in models.values():
        for name, shape in model["shapes"].items():
            if shape.get("exception"):
                codes[name] = shape["exception"]
    for name in COMMON_ERRORS:
        codes.setdefault(name, STATUS.get(name, 400))
    rows = sorted(codes.items())
    lines = [
        "//! Error codes of both services and their HTTP status.",
        "//!",
        "//! Made by `assets/api/derive.py` from the service model; change that, not this.",
        "",
        "/// An error code, letter for letter as the vendor names it.",
        "#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]",
        "pub enum Code {",
    ]
    lines += [f"    {variant_of_error(name)}," for name, _ in rows]
    lines += ["}", "", "impl Code {", "    /// Every code, in alphabetical order.", "    pub const ALL: &'static [Self] = &["]
    lines += [f"        Self::{variant_of_error(name)}," for name, _ in rows]
    lines += ["    ];", "", "    /// Returns the name as it stands in `__type`.", "    pub const fn as_str(self) -> &'static str {", "        match self {"]
    lines += [f'            Self::{variant_of_error(name)} => "{name}",' for name, _ in rows]
    lines += ["        }", "    }", "", "    /// Returns the HTTP status that goes with the code.", "    pub const fn status(self) -> u16 {", "        match self {"]
    by_status = {}
    for name, status in rows:
        by_status.setdefault(status, []).append(name)
    for status in sorted(by_status):
        if status != 400:
            lines.append("            " + " | ".join(f"Self::{variant_of_error(n)}" for n in by_status[status]) + f" => {status},")
    lines += ["            _ => 400,", "        }", "    }", "", "    /// Finds a code by its name.", "    pub fn parse(name: &str) -> Option<Self> {", "        Self::ALL.iter().copied().find(|code| code.as_str() == name)", "    }", "}", ""]
    return "\n".join(lines)


def formatted(text):
    return subprocess.run(["rustfmt", "--edition", "2024", "--config-path", str(ROOT)], input=text, text=True, capture_output=True, check=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--botocore", help="folder of an unpacked botocore package")
    parser.add_argument("--types-only", action="store_true", help="write Rust from the checked-in JSON")
    parser.add_argument("--check", action="store_true", help="fail if the checked-in Rust differs")
    options = parser.parse_args()
    models = {}
    folder = None if options.types_only or options.check else load_botocore(options.botocore)
    for key, (signing_name, _, _) in SERVICES.items():
        path = ROOT / "assets" / "api" / f"{signing_name}.json"
        if folder is None:
            models[key] = json.loads(path.read_text())
        else:
            models[key] = reduce_model(key, folder)
            path.write_text(json.dumps(models[key], indent=1) + "\n")
    outputs = {"src/wire/fault.rs": fault_codes(models)}
    for key, model in models.items():
        outputs |= Rust(key, model).files()
    stale = []
    for name, text in outputs.items():
        path = ROOT / name
        text = formatted(text)
        if options.check:
            if not path.exists() or path.read_text() != text:
                stale.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    if stale:
        sys.exit("not what the model gives: " + ", ".join(stale))


if __name__ == "__main__":
    main()
