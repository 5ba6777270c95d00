"""Adds to tokens what an application wants to know. Bind it to PreTokenGenerationConfig, version V2_0."""


def lambda_handler(event, context):
    groups = event["request"]["groupConfiguration"]["groupsToOverride"]
    event["response"]["claimsAndScopeOverrideDetails"] = {
        "idTokenGeneration": {
            "claimsToAddOrOverride": {"plan": {"name": "gold" if "gold" in groups else "free", "seats": 3}},
            "claimsToSuppress": ["email_verified"],
        },
        "accessTokenGeneration": {
            "claimsToAddOrOverride": {"tenant": event["request"]["userAttributes"].get("custom:tenant", "none")},
            "scopesToAdd": [f"{group}:read" for group in groups],
        },
    }
    return event
