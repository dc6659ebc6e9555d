"""Policy, custom claims and the claims parameter, from outside; and every example of docs/claims-and-roles.md."""

import contextlib
import json
import re
import shlex
import sqlite3
import subprocess

import pytest

from oidc import claims
from provider import ROOT, Provider, running_provider, temporary_folder

MANUAL = (ROOT / "docs/claims-and-roles.md").read_text()
# From here on it is about policy and claims.
PART = MANUAL[MANUAL.index("## What expressions see"):]
EXAMPLES = re.findall(r"^```(\w+)\n(.*?)^```$", PART, re.MULTILINE | re.DOTALL)

RULES = """
policy:
  - name: only the house
    client: closed
    require: in_network(request ->> 'address', '10.0.0.0/8')
  - name: only the machine
    scope: email
    require: in_network(request ->> 'address', '127.0.0.0/8')
  - name: readers read
    scope: reports
    grant: user ->> 'reader' = 1
  - name: breaks for some
    scope: phone
    require: json(user ->> 'nickname') IS NOT NULL
claims:
  mendix_profile: true
"""


def examples(kind):
    return [text for name, text in EXAMPLES if name == kind]


@pytest.fixture(scope="module")
def strict():
    with running_provider(lambda text: text + RULES) as running:
        yield running


@pytest.fixture(scope="module")
def ann(strict):
    return strict.add_user(
        "ann", None, "--full-name", "Ann Example", "--email", "ann@example.com", "--attribute", "reader=true",
        "--attribute", 'name#de="Änn"', "--attribute", 'locale="nl_NL"')


def command(line):
    words = shlex.split(line)
    assert words[0] == "postern", line
    return words[1:]


class TestManual:
    def test_examples_are_there(self):
        assert len(examples("yaml")) >= 4 and len(examples("sh")) >= 3 and len(examples("console")) >= 1

    @pytest.mark.parametrize("text", examples("yaml"))
    def test_yaml_is_checked_with_its_tests(self, text):
        with temporary_folder() as folder:
            provider = Provider(folder)
            provider.prepare()
            provider.config.write_text(provider.config.read_text() + "\n" + text)
            run = subprocess.run(
                [provider.programs / "postern", "check", "--json", "--config", provider.config], text=True,
                capture_output=True, timeout=60, check=False)
            findings = json.loads(run.stdout)
            faults = [finding for finding in findings if finding["status"] == "fault"]
            # The pools' folder is made by scripts/stack.
            assert [fault for fault in faults if not fault["subject"].startswith("pool ")] == []
            count = text.count("    expect: ")
            if count:
                policy = next(finding["text"] for finding in findings if finding["subject"] == "policy")
                assert f", {count} test" in policy

    def test_commands_do_what_is_shown(self):
        with temporary_folder() as folder:
            provider = Provider(folder)
            provider.prepare()
            provider.add_user(
                "ada", None, "--full-name", "Ada Lovelace", "--email", "ada@example.com", "--attribute",
                'department="sales"')
            provider.add_client(client_id="hr", client_name="HR", scope="openid profile email payroll")
            for kind, text in EXAMPLES:
                if kind == "sh":
                    for line in text.splitlines():
                        provider.postern(*command(line))
                if kind == "console":
                    shown, expected = text.split("\n", 1)
                    assert shown.startswith("$ ")
                    printed = provider.postern(*command(shown[2:]))
                    pattern = re.escape(expected).replace("…", "[^\n]*")
                    assert re.fullmatch(pattern, printed), printed

    @pytest.mark.parametrize("text", examples("json"))
    def test_claims_parameters_are_understood(self, strict, ann, text):
        party = strict.add_client()
        tokens = party.tokens(strict.browser(), ann, scope="openid", claims=text)
        assert claims(tokens["id_token"])["scope"] == "openid"
        info = party.userinfo(tokens["access_token"]).json()
        assert info["name#de"] == "Änn" and "name" not in info
        assert info["email"] == "ann@example.com"

    def test_claims_come_in_the_languages_that_are_wanted(self, strict, ann):
        """OpenID Connect Core section 5.2."""
        party = strict.add_client()
        browser = strict.browser()
        tokens = party.tokens(browser, ann, scope="openid profile", claims_locales="fr de")
        info = party.userinfo(tokens["access_token"]).json()
        assert info["name#de"] == "Änn" and info["name"] == "Ann Example"
        assert "name#de" not in claims(tokens["id_token"])
        for locales, scope in (("fr", "openid profile"), ("de", "openid email"), ("d" * 257, "openid profile")):
            tokens = party.tokens(browser, scope=scope, claims_locales=locales)
            assert "name#de" not in party.userinfo(tokens["access_token"]).json()



class TestPolicy:
    def test_a_user_outside_the_network_is_refused(self, strict, ann):
        """RFC 6749 section 4.1.2.1."""
        party = strict.add_client(client_id="closed")
        answer = party.sign_in(strict.browser(), ann)
        assert answer.query["error"] == "access_denied"
        assert "only the house" not in answer.query["error_description"], "which rule it was, the log says"
        log = strict.log() + strict.log("slow")
        assert 'rule: \\"only the house\\": it gave 0, not 1' in log

    def test_a_role_is_granted_by_rule_to_those_who_have_it(self, strict, ann):
        party = strict.add_client(scope="openid email reports")
        assert party.tokens(strict.browser(), ann, scope="openid email reports admin")["scope"] == "openid email reports"
        other = strict.add_user()
        assert party.tokens(strict.browser(), other, scope="openid email reports")["scope"] == "openid email"

    def test_a_rule_that_fails_at_run_time_grants_nothing(self, strict):
        """The sign-in goes on; the log says which rule, and that it failed."""
        party = strict.add_client(scope="openid phone")
        person = strict.add_user(None, None, "--attribute", 'nickname="no JSON"')
        assert party.tokens(strict.browser(), person, scope="openid phone")["scope"] == "openid"
        assert "breaks for some" in strict.log() + strict.log("slow")
        good = strict.add_user(None, None, "--attribute", 'nickname="[1]"')
        assert party.tokens(strict.browser(), good, scope="openid phone")["scope"] == "openid phone"

    def test_explain_says_what_a_sign_in_would_come_to(self, strict, ann):
        party = strict.add_client(scope="openid email reports")
        told = json.loads(strict.postern(
            "explain", "ann", party.client_id, "--scope", "openid email reports admin", "--address", "192.0.2.1",
            "--json"))
        assert told["granted"] == "openid reports"
        reasons = {scope["name"]: scope["reason"] for scope in told["scopes"]}
        assert reasons == {
            "openid": "by default", "email": 'rule "only the machine": it gave 0, not 1',
            "reports": 'rule "readers read": it holds', "admin": "the client is not allowed it"}
        at_home = json.loads(strict.postern("explain", "ann", party.client_id, "--address", "127.0.0.1", "--json"))
        tokens = party.tokens(strict.browser(), ann, scope="openid email reports")
        assert at_home["granted"] == tokens["scope"]
        released = claims(tokens["access_token"])
        anew = {"iat", "nbf", "exp", "jti"}
        told = at_home["claims"]["access_token"]
        assert told.keys() == released.keys()
        assert all(told[name] == released[name] for name in told.keys() - anew)
        assert told["exp"] - told["iat"] == released["exp"] - released["iat"]
        id_token = claims(tokens["id_token"])
        assert at_home["claims"]["id_token"].keys() == id_token.keys() - {"nonce"}
        assert at_home["claims"]["userinfo"] == party.userinfo(tokens["access_token"]).json()


class TestCustomClaims:
    @pytest.fixture
    def party(self, strict):
        return strict.add_client()

    @pytest.fixture
    def define(self, strict, party):
        def define(name, *options):
            made = strict.postern("claim", "add", name, "--client", party.client_id, "--json", *options)
            return json.loads(made)["id"]
        return define

    def test_any_json_goes_where_it_is_to_go_at_the_next_request(self, strict, ann, party, define):
        browser = strict.browser()
        assert "a.b" not in claims(party.tokens(browser, ann)["access_token"])
        value = {"text": "ü", "list": [1, 1.5, True, None], "empty": {}}
        define("a.b", "--value", json.dumps(value))
        define("/nested/deeply/name", "--attribute", "name", "--in", "id_token,userinfo")
        define("/nested/there", "--expression", "json_array(user ->> 'username', client ->> 'client_id')", "--in", "id_token")
        tokens = party.tokens(browser)
        assert claims(tokens["access_token"])["a.b"] == value
        assert claims(tokens["id_token"])["nested"] == {
            "deeply": {"name": "Ann Example"}, "there": ["ann", party.client_id]}
        info = party.userinfo(tokens["access_token"]).json()
        assert info["nested"] == {"deeply": {"name": "Ann Example"}} and info["a.b"] == value
        other = strict.add_client()
        assert "a.b" not in claims(other.tokens(browser)["access_token"]), "it is this client's alone"

    @pytest.mark.parametrize("expression", [
        "json(user ->> 'name')",
        "(SELECT count(*) FROM json_each(json_array(1,2,3,4,5,6,7,8,9)) a, json_each(json_array(1,2,3,4,5,6,7,8,9)) b, "
        "json_tree(user) c, json_tree(user) d, json_tree(client) e, json_tree(client) f)",
        "hex(hex(hex(hex(hex(hex(hex(hex(hex(hex(hex(user)))))))))))",
    ])
    def test_one_that_fails_loops_or_swells_is_left_out(self, strict, ann, party, define, expression):
        define("broken", "--expression", expression)
        define("whole", "--value", "1")
        tokens = party.tokens(strict.browser(), ann)
        released = claims(tokens["access_token"])
        assert "broken" not in released and released["whole"] == 1
        assert "broken" not in party.userinfo(tokens["access_token"]).json()
        assert re.search(r"a claim was left out.* cause=.*claim=broken|claim=broken", strict.log())

    def test_a_required_one_that_fails_ends_the_sign_in(self, strict, ann, party, define):
        reference = define("must", "--expression", "json(user ->> 'name')", "--required")
        assert party.sign_in(strict.browser(), ann).query["error"] == "server_error"
        strict.postern("claim", "set", reference, "--expression", "user ->> 'none'")
        assert party.sign_in(strict.browser(), ann).query["error"] == "access_denied"
        assert "the required claim must" in strict.log() + strict.log("slow")
        strict.postern("claim", "set", reference, "--expression", "user ->> 'none'", "--no-required")
        assert "code" in party.sign_in(strict.browser(), ann).query

    def test_the_largest_tokens_are_good_at_every_endpoint(self, strict, ann, party, define):
        """nginx takes 8 KiB in a header line; longer hints come by POST."""
        access = define("big", "--value", json.dumps("x" * 5000), "--in", "access_token")
        define("tree", "--value", json.dumps("x" * 6900), "--in", "id_token")
        browser = strict.browser()
        tokens = party.tokens(browser, ann)
        assert len(tokens["access_token"]) > 6700 and len(tokens["id_token"]) > 9200
        assert party.userinfo(tokens["access_token"]).json()["sub"] == ann.sub
        seen = party.back.post(f"{party.path}/introspect", {"token": tokens["access_token"]}, party.basic()).json()
        assert seen["active"] is True and seen["big"] == "x" * 5000
        silent = party.request(id_token_hint=tokens["id_token"], prompt="none")
        assert "code" in browser.post("/oidc/authorize", silent.parameters).query
        other = strict.browser()
        page = other.post("/oidc/authorize", party.request(id_token_hint=tokens["id_token"]).parameters)
        page = other.follow(page) if page.status == 303 else page
        assert "code" in other.submit(page, username=ann.name, password=ann.password).query, "a page carries it"
        strict.postern("claim", "set", access, "--value", json.dumps("x" * 5400))
        request = party.request()
        answer = party.start(browser, request)
        refused = party.exchange(answer.query["code"], request.verifier)
        assert refused.status == 500 and refused.json()["error"] == "server_error"
        assert "the largest are big (5402)" in strict.log() + strict.log("slow")
        define("more", "--value", json.dumps("x" * 500))
        told = json.loads(strict.postern("explain", "ann", party.client_id, "--json"))
        assert told["granted"] is None and "the largest are big (5402), more (502)" in told["obstacle"]
        signed_out = browser.post("/oidc/logout", {"id_token_hint": tokens["id_token"]})
        assert signed_out.status == 200 and "Sign out?" not in signed_out.form.text
        assert party.start(browser, party.request(prompt="none")).query["error"] == "login_required"

    @pytest.mark.parametrize("name", ["sub", "iss", "aud", "scope", "/sub/x", "email_verified", "cnf", "active"])
    def test_what_the_service_says_itself_can_not_be_defined(self, strict, party, name):
        run = subprocess.run(
            [strict.programs / "postern", "claim", "add", name, "--value", "1", "--config", strict.config], text=True,
            capture_output=True, timeout=60, check=False)
        assert run.returncode == 1 and "overwrite" in run.stderr

    def test_not_even_behind_the_program_s_back(self, strict, ann, party, define):
        """A row that was written by hand forges nothing."""
        reference = define("harmless", "--value", '"forged"')
        for name in ("sub", "iss", "exp", "email_verified"):
            with contextlib.closing(sqlite3.connect(strict.database.path, timeout=10)) as connection, connection:
                connection.execute("UPDATE custom_claim SET name = ? WHERE id = ?", (name, reference))
            tokens = party.tokens(strict.browser(), ann)
            for released in (claims(tokens["access_token"]), claims(tokens["id_token"]),
                             party.userinfo(tokens["access_token"]).json()):
                assert released.get(name) != "forged"

    def test_preset_mendix_reads_them_in_the_id_token_with_its_profile(self, strict, ann):
        party = strict.add_client(preset="mendix", scope="openid profile reports")
        strict.postern("claim", "add", "x", "--client", party.client_id, "--value", "1")
        released = claims(party.tokens(strict.browser(), ann, scope="openid reports")["id_token"])
        assert released["x"] == 1
        assert released["com.mendix.user.language"] == "nl_NL"
        assert released["com.mendix.user.roles"] == ["reports"]


class TestClaimsParameter:
    """OpenID Connect Core section 5.5."""

    def test_discovery_says_so(self, strict):
        metadata = strict.browser().get("/oidc/.well-known/openid-configuration").json()
        assert metadata["claims_parameter_supported"] is True

    @pytest.mark.parametrize("text", [
        "x", "[]", '{"id_token": 1}', '{"id_token": {"a": {"a": 1}' + "}" * 3,
        '{"userinfo": ' * 500 + "1" + "}" * 500, "[" * 4000, '{"userinfo": {"a": {"value": "' + "x" * 4100 + '"}}}',
        '{"userinfo": {"email": null, "email": null}}',
    ])
    def test_what_is_malformed_or_absurd_is_invalid_request(self, strict, text):
        party = strict.add_client()
        # By POST, as nginx takes no request line that is so long.
        answer = strict.browser().post("/oidc/authorize", party.request(claims=text).parameters)
        assert answer.query["error"] == "invalid_request"

    def test_what_no_claim_can_be_is_ignored(self, strict, ann):
        party = strict.add_client()
        asked = {"userinfo": {name: None for name in ("email", "", "a b", "ü", "\0", "x" * 300)} | {"é": {"value": 1}},
                 "id_token": {"sub": {"value": None}, "\u202e": [1]}, "verifiedUserInfo": {}}
        tokens = party.tokens(strict.browser(), ann, scope="openid", claims=json.dumps(asked, ensure_ascii=False))
        info = party.userinfo(tokens["access_token"]).json()
        assert info == {"sub": ann.sub, "email": "ann@example.com"}

    def test_another_user_or_a_better_sign_in(self, strict, ann):
        party = strict.add_client()
        browser = strict.browser()
        party.tokens(browser, ann)

        def ask(**changes):
            return party.start(browser, party.request(prompt="none", **changes)).query
        assert "code" in ask(claims=json.dumps({"id_token": {"sub": {"value": ann.sub}}}))
        assert ask(claims=json.dumps({"id_token": {"sub": {"value": "x"}}}))["error"] == "login_required"
        assert "code" in ask(claims='{"id_token": {"acr": {"essential": true, "values": ["1"]}}}')
        refused = ask(claims='{"id_token": {"acr": {"essential": true, "values": ["9"]}}}')
        assert refused["error"] == "unmet_authentication_requirements"

    def test_consent_is_asked_for_what_claims_stand_for(self, strict, ann):
        party = strict.add_client(first_party=False)
        asked = '{"userinfo": {"email": null}}'
        browser = strict.browser()
        request = party.request(scope="openid", claims=asked)
        page = browser.follow(party.sign_in(browser, ann, request))
        assert "email" in page.form.text.lower() or "e-mail" in page.form.text.lower()
        answer = browser.submit(page, decision="allow")
        tokens = party.exchange(answer.query["code"], request.verifier).json()
        assert tokens["scope"] == "openid"
        assert party.userinfo(tokens["access_token"]).json()["email"] == "ann@example.com"
        assert "code" in party.start(browser, party.request(scope="openid", claims=asked, prompt="none")).query
        more = party.request(scope="openid", claims='{"userinfo": {"name": null}}', prompt="none")
        assert party.start(browser, more).query["error"] == "consent_required"
