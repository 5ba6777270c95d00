// Adds to tokens what an application wants to know. Bind it to PreTokenGenerationConfig, version V2_0.

export async function handler(event) {
  const groups = event.request.groupConfiguration.groupsToOverride;
  event.response.claimsAndScopeOverrideDetails = {
    idTokenGeneration: {
      claimsToAddOrOverride: { plan: { name: groups.includes("gold") ? "gold" : "free", seats: 3 } },
      claimsToSuppress: ["email_verified"],
    },
    accessTokenGeneration: {
      claimsToAddOrOverride: { tenant: event.request.userAttributes["custom:tenant"] ?? "none" },
      scopesToAdd: groups.map((group) => `${group}:read`),
    },
  };
  return event;
}
