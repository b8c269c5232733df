"""Which environment a name or a tag speaks of, by rules that a file may replace.

    tags = ["env", "environment"]            # tags that name an environment; the first that speaks of one counts
    workload-tags = ["workload", "app"]      # tags that name a workload

    [[environment]]
    name = "production"
    production = true                        # what others must not reach
    words = ["prod", "production", "*prd"]   # words of names, and values of tags; * stands for anything

    [places]                                 # scopes that are settled by hand
    "/subscriptions/…" = "production"

A name is taken apart at signs that are no letter or digit, and where small letters turn into capitals or digits. Longer
words go first and use up what they match, so that `non-production` is not `production`. A name that speaks of several
environments speaks of none.

>>> DEFAULT_RULES.of_name("rg-shop-prod-weu"), DEFAULT_RULES.of_name("Non-production")
(0, 3)
>>> DEFAULT_RULES.of_name("product-catalogue")
-1
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from remit.graph.federation.wildcards import matches
from remit.model.errors import ScopeSyntaxError, SettingsError
from remit.model.scope import Scope

NOTHING_SAID = -1
_NAME_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_a-zA-Z]+")
_WORD_PARTS = re.compile(r"(?:[^\W\d_]|[*?])+|[0-9]+")
_IGNORED = str.maketrans("", "", " -_.:")
_USED = "\0"
_Text = Annotated[str, Meta(min_length=1)]
_Words = tuple[tuple[str, ...], int]


class Environment(Struct, frozen=True, forbid_unknown_fields=True):
    """One environment; `words` speak of it in names and tags. `production`: others must not reach it."""

    name: _Text
    words: Annotated[tuple[_Text, ...], Meta(min_length=1)]
    production: bool = False


@dataclass(frozen=True, eq=False)
class EnvironmentRules:
    """What speaks of which environment.

    Attributes:
        environments: an environment is known by its place here.
        tags, workload_tags: keys as `tag_key` writes them, the first counts.
        places: environment by key of a scope.
    """

    environments: tuple[Environment, ...]
    tags: tuple[str, ...]
    workload_tags: tuple[str, ...]
    places: Mapping[str, int] = field(default_factory=dict)

    def of_name(self, text: str) -> int:
        """Return the environment that a name speaks of, `NOTHING_SAID` for none or several."""
        parts = [part.lower() for part in _NAME_PARTS.findall(text)]
        found = set()
        for words, environment in self._words:
            for place in range(len(parts) - len(words) + 1):
                if all(matches(word, part) for word, part in zip(words, parts[place:], strict=False)):
                    parts[place : place + len(words)] = [_USED] * len(words)
                    found.add(environment)
        return found.pop() if len(found) == 1 else NOTHING_SAID

    @cached_property
    def _words(self) -> list[_Words]:
        every = [
            (tuple(_WORD_PARTS.findall(word.lower())), number)
            for number, environment in enumerate(self.environments)
            for word in environment.words
        ]
        return sorted((one for one in every if one[0]), key=lambda one: (-len(one[0]), one[1]))

    def is_production(self, environment: int) -> bool:
        """Tell whether others must not reach an environment."""
        return environment >= 0 and self.environments[environment].production

    def name(self, environment: int) -> str:
        """Return the name of an environment, "" for none."""
        return "" if environment < 0 else self.environments[environment].name


def tag_key(text: str) -> str:
    """Return a key of a tag as keys are compared.

    >>> tag_key("Deployment-Environment")
    'deploymentenvironment'
    """
    return text.lower().translate(_IGNORED)


DEFAULT_RULES = EnvironmentRules(
    (
        Environment("production", ("prod", "production", "prd"), production=True),
        Environment(
            "staging", ("staging", "stage", "stg", "preprod", "pre-prod", "preproduction", "pre-production", "uat")
        ),
        Environment("test", ("test", "testing", "tst", "qa")),
        Environment(
            "development",
            (
                *("dev", "devel", "development", "sandbox", "sbx", "poc", "playground"),
                *("nonprod", "non-prod", "nonproduction", "non-production"),
            ),
        ),
    ),
    (
        *("environment", "env", "environmentname", "envname", "environmenttype", "envtype", "deploymentenvironment"),
        *("stage", "landscape", "lifecycle"),
    ),
    (
        *("workload", "workloadname", "application", "applicationname", "app", "appname", "service", "servicename"),
        *("system", "product", "project", "projectname", "solution", "component"),
    ),
)
"""What counts where no file says otherwise."""


class _File(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    environment: tuple[Environment, ...] = ()
    tags: tuple[_Text, ...] | None = None
    workload_tags: tuple[_Text, ...] | None = None
    places: dict[str, str] = {}


def read_rules(text: str, name: str) -> EnvironmentRules:
    """Read rules; what the file does not say stays as it is by default.

    Args:
        text: TOML.
        name: of the file, for errors.

    Raises:
        SettingsError: it is not what this module shows.
    """
    try:
        said = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise _wrong(name, str(error)) from error
    environments = said.environment or DEFAULT_RULES.environments
    numbers = {one.name: number for number, one in enumerate(environments)}
    if len(numbers) < len(environments):
        raise _wrong(name, "an environment stands twice")
    places = {}
    for place, environment in said.places.items():
        if environment not in numbers:
            raise _wrong(name, f"`{environment}` is no environment of the file")
        try:
            places[Scope.parse(place).key] = numbers[environment]
        except ScopeSyntaxError as error:
            raise _wrong(name, error.message) from error
    return EnvironmentRules(
        environments,
        DEFAULT_RULES.tags if said.tags is None else tuple(tag_key(one) for one in said.tags),
        DEFAULT_RULES.workload_tags
        if said.workload_tags is None
        else tuple(tag_key(one) for one in said.workload_tags),
        places,
    )


def _wrong(name: str, why: str) -> SettingsError:
    return SettingsError(f"{name}: {why}", hint="docs/isolation.md shows such a file")
