"""The token stands before every route, and every error is a problem document (RFC 9457)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

PREFIX = "/api/v1"


def routes(app: Flask) -> list[tuple[str, str]]:
    """(method, address) of every route below the prefix, with 1 for each id; the OpenAPI document is public."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIX) and not rule.rule.endswith("openapi.json"):
            address = rule.build(dict.fromkeys(rule.arguments, 1))[1]  # type: ignore[index]
            found += [(method, address) for method in sorted(rule.methods or ()) if method not in ("HEAD", "OPTIONS")]
    return found


def is_problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/problem+json"
    body = response.get_json(force=True)
    assert body["status"] == status and body["title"] and body["detail"]
    return body


def test_every_route_of_the_api_wants_the_token(app: Flask, client: FlaskClient) -> None:
    found = routes(app)
    assert len(found) >= 18
    for method, address in found:
        response = client.open(address, method=method, json={})
        is_problem(response, 401)
        assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic {token}", "{token}", "Bearer {token}x", "Bearer ümläut"]
)
def test_anything_but_the_token_is_refused(client: FlaskClient, settings: Any, header: str) -> None:
    shown = header.format(token=settings.api_token)
    is_problem(client.get(f"{PREFIX}/workers", headers={"Authorization": shown}), 401)


def test_an_address_that_leads_nowhere_is_a_problem_document(api: FlaskClient, client: FlaskClient) -> None:
    is_problem(api.get(f"{PREFIX}/nothing"), 404)
    is_problem(api.get(f"{PREFIX}/workers/999999999999999999999"), 404)
    is_problem(api.get(f"{PREFIX}/workers/0"), 404)
    is_problem(client.get(f"{PREFIX}/nothing"), 401)


def test_the_wrong_method_says_which_are_right(api: FlaskClient) -> None:
    response = api.delete(f"{PREFIX}/workers")
    is_problem(response, 405)
    assert "GET" in response.headers["Allow"]


def test_what_is_not_json_is_refused(api: FlaskClient) -> None:
    is_problem(api.post(f"{PREFIX}/openings", data="a=b", content_type="application/x-www-form-urlencoded"), 415)
    is_problem(api.post(f"{PREFIX}/openings", data="{", content_type="application/json"), 400)
    is_problem(api.post(f"{PREFIX}/openings", data="[]", content_type="application/json"), 422)


def test_a_body_over_the_cap_is_refused(api: FlaskClient) -> None:
    is_problem(api.post(f"{PREFIX}/understand", json={"text": "长" * 600_000}), 413)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("cursor=x", "cursor"),
        ("region=abc", "region"),
        ("phone=12", "phone"),
        ("cursor=99999999999999999999", "cursor"),
    ],
)
def test_an_unusable_query_names_its_field(api: FlaskClient, query: str, field: str) -> None:
    assert field in is_problem(api.get(f"{PREFIX}/workers?{query}"), 422)["errors"]


def test_the_openapi_document_describes_every_route(app: Flask, client: FlaskClient) -> None:
    spec = client.get(f"{PREFIX}/openapi.json").get_json()
    assert spec["openapi"].startswith("3.")
    described = {(method.upper(), path) for path, operations in spec["paths"].items() for method in operations}
    for method, address in routes(app):
        assert any(m == method and path.split("/")[3] == address.split("/")[3] for m, path in described), (
            method,
            address,
        )
    assert all("default" in op["responses"] for ops in spec["paths"].values() for op in ops.values())
    assert {path.split("/")[3] for path in spec["paths"]} == {
        "messages",
        "workers",
        "openings",
        "offers",
        "cases",
        "conversations",
        "understand",
    }


def test_only_the_api_is_in_the_openapi_document(client: FlaskClient) -> None:
    spec = client.get(f"{PREFIX}/openapi.json").get_json()
    assert all(path.startswith(PREFIX) for path in spec["paths"])
