from provider import agent, alice, other_party, party, provider  # noqa: F401
