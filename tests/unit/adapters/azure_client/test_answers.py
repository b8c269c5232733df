"""The table from answers to errors."""

import json
from datetime import UTC, datetime

import pytest

from remit.adapters.azure_client.answers import Asked, code_of, date_of, refusal, resets_after, wait_of
from remit.model.errors import (
    ForbiddenError,
    InterruptedAnswerError,
    MovedOnError,
    ThrottledError,
    UnexpectedAnswerError,
    VanishedError,
)

LIST = Asked("graph/users", needs="User.Read.All")
PAGE = Asked("graph/users", goes_on=True)
THING = Asked("arm/locks/subscription", "/subscriptions/1", may_vanish=True)
DATE = "Sun, 01 Nov 2026 12:00:00 GMT"


def body(code):
    return json.dumps({"error": {"code": code, "message": "token abc"}}).encode()


@pytest.mark.parametrize(
    ("status", "code", "asked", "leaf", "message"),
    [
        (429, "TooManyRequests", LIST, ThrottledError, "graph/users: throttled"),
        (500, "InternalServerError", LIST, InterruptedAnswerError, "graph/users: answered 500 InternalServerError"),
        (503, "", LIST, InterruptedAnswerError, "graph/users: answered 503"),
        (408, "", LIST, InterruptedAnswerError, "graph/users: answered 408"),
        (403, "Authorization_RequestDenied", LIST, ForbiddenError, "graph/users: 403 Authorization_RequestDenied"),
        (400, "Directory_ExpiredPageToken", LIST, MovedOnError, "graph/users: its continuation has expired"),
        (410, "resyncRequired", LIST, MovedOnError, "graph/users: its continuation has expired"),
        (400, "BadRequest", PAGE, MovedOnError, "graph/users: its continuation has expired"),
        (400, "BadRequest", LIST, UnexpectedAnswerError, "graph/users: answered 400 BadRequest"),
        (404, "NotFound", LIST, UnexpectedAnswerError, "graph/users: answered 404 NotFound"),
        (
            404,
            "SubscriptionNotFound",
            THING,
            VanishedError,
            "arm/locks/subscription /subscriptions/1: is not there any more",
        ),
        (
            404,
            "InvalidResourceType",
            THING,
            UnexpectedAnswerError,
            "arm/locks/subscription /subscriptions/1: answered 404 InvalidResourceType",
        ),
        (302, "", LIST, UnexpectedAnswerError, "graph/users: answered 302"),
        (409, "MissingSubscriptionRegistration", THING, UnexpectedAnswerError, None),
    ],
)
def test_an_answer_means_one_error(status, code, asked, leaf, message):
    failure = refusal(status, {}, body(code) if code else b"<html>", asked)
    assert type(failure) is leaf
    assert message is None or failure.message == message
    assert "token abc" not in str(failure)


def test_an_answer_of_2xx_is_no_error():
    assert refusal(200, {}, b"", LIST) is None


def test_a_403_names_the_permission():
    assert refusal(403, {}, body("AuthorizationFailed"), LIST).hint() == "needs User.Read.All"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 2.5 "}, 2.5),
        ({"retry-after": "Sun, 01 Nov 2026 12:00:30 GMT", "date": DATE}, 30.0),
        ({"retry-after": "Sun, 01 Nov 2026 11:00:00 GMT", "date": DATE}, 0.0),
        ({"retry-after": "Sun, 01 Nov 2026 12:00:30 GMT"}, None),
        ({"retry-after": "soon", "date": DATE}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"x-ms-retry-after-ms": "250"}, 0.25),
        ({"x-ms-user-quota-resets-after": "00:01:05"}, 65.0),
        ({"x-ms-user-quota-resets-after": "soon"}, None),
        ({"retry-after": "3", "x-ms-user-quota-resets-after": "00:00:05"}, 3.0),
    ],
)
def test_how_long_to_wait_is_read_where_azure_says_it(headers, wait):
    assert wait_of(headers) == wait
    assert refusal(429, headers, b"", LIST).retry_after_s == wait
    assert refusal(503, headers, b"", LIST).retry_after_s == wait


def test_the_quota_resets_after_hours_minutes_and_seconds():
    assert resets_after({"x-ms-user-quota-resets-after": "01:02:03.5"}) == 3723


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{", b"\xff", b'{"error": "text"}', b'{"error": {"code": "two words"}}', b'{"error":{"code":7}}'],
)
def test_a_code_is_one_word_or_nothing(text):
    assert code_of(text) == ""


def test_the_servers_date_is_utc():
    assert date_of({"date": DATE}) == datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert date_of({"date": "yesterday"}) is None
