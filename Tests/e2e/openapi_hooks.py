"""Lets schemathesis, which makes up calls from the OpenAPI document, reach what calls change, but not its own rights."""

import os

import schemathesis

OWN = os.environ["POSTERN_OWN_CLIENT"]


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.method != "GET" and (case.path_parameters or {}).get("client_id") == OWN:
        case.path_parameters["client_id"] = "another"
    if case.method == "PATCH":
        case.headers = {**(case.headers or {}), "If-Match": "*"}
