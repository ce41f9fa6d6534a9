"""A configuration read key by key, each with its required type."""

from __future__ import annotations

from collections.abc import Mapping

from dsexplore.library.config_json.json_file import kind_of
from dsexplore.text.refusal import ScenarioError, shown

# Far above every real size, and far below one that would slow down a loop or a product.
_LARGEST = 10**9
_MOST_LAYERS = 10_000


class Config:
    """The keys of a published configuration.

    An absent key takes its family's default, stated once by the adapter in `with_defaults`;
    a null key says there is no such thing.
    """

    def __init__(self, values: Mapping[str, object], inside: str = "") -> None:
        self._values = values
        self._inside = inside
        # Notes on single fields for whoever opens the scenario.
        self.notes: dict[str, str] = {}
        self._given = tuple(values)
        self._read: set[str] = set()

    def _derived(self, values: Mapping[str, object]) -> Config:
        """The same with other values; notes and what was read are kept together."""
        other = Config(values, self._inside)
        other.notes, other._given, other._read = self.notes, self._given, self._read
        return other

    def with_defaults(self, **defaults: object) -> Config:
        """The same with the defaults of the family's own configuration class."""
        return self._derived({**defaults, **self._values})

    def with_values(self, **values: object) -> Config:
        """The same with other values of some keys."""
        return self._derived({**self._values, **values})

    def renamed(self, names: Mapping[str, str]) -> Config:
        """The same with the names of some keys, by alias; a given alias counts first."""
        values = dict(self._values)
        for alias, key in names.items():
            if alias in values:
                values[key] = values.pop(alias)
                self._read.add(alias)
        return self._derived(values)

    def keys(self) -> list[str]:
        """The keys that are given."""
        return [*self._given]

    def unread(self) -> list[str]:
        """The given keys that nobody asked for."""
        return [key for key in self._given if key not in self._read]

    def _get(self, key: str) -> object:
        self._read.add(key)
        return self._values.get(key)

    def part(self, key: str) -> Config:
        """The configuration nested under a key."""
        value = self._get(key)
        if not isinstance(value, Mapping):
            raise self.refusal(key, "an object")
        part = Config(value, f"{self._inside}{key}.")
        part.notes = self.notes
        return part

    def has(self, *keys: str) -> bool:
        """Whether any of these keys is given and not null."""
        return any(self._get(key) is not None for key in keys)

    def count(
        self, *keys: str, least: int = 1, most: int = _LARGEST, null: int | None = None
    ) -> int:
        """A whole number under the first key given; `null` in place of null."""
        key = next((key for key in keys if self.has(key)), keys[0])
        value = self._get(key)
        if null is not None and value is None and any(name in self._values for name in keys):
            return null
        if type(value) is not int or not least <= value <= most:
            also = f" (or {', '.join(keys[1:])})" if len(keys) > 1 else ""
            raise self.refusal(key, f"a whole number from {least} to {most:,}{also}")
        return value

    def factor(self, key: str) -> float:
        """A number above 0."""
        value = self._get(key)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 1000:
            raise self.refusal(key, "a number above 0 and below 1,000")
        return float(value)

    def layers(self, *keys: str) -> int:
        """The number of layers; few enough to look at each."""
        return self.count(*(keys or ("num_hidden_layers",)), most=_MOST_LAYERS)

    def flag(self, key: str) -> bool:
        """A truth; false where it is null or absent without a default."""
        value = self._get(key)
        if value is not None and not isinstance(value, bool):
            raise self.refusal(key, "true or false")
        return bool(value)

    def word(self, key: str) -> str:
        """A short text; empty where it is null or absent."""
        value = self._get(key)
        if value is not None and not isinstance(value, str):
            raise self.refusal(key, "text")
        return value or ""

    def words_by_layer(self, key: str, layers: int, allowed: tuple[str, ...]) -> list[str]:
        """A word for each layer; an empty list where the key is not given."""
        value = self._get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.refusal(key, f"a list of {layers} words, one per layer")
        if len(value) != layers:
            raise self.refusal(key, f"{layers} entries, one per layer")
        for word in value:
            if word not in allowed:
                raise self.refusal(key, ", ".join(allowed), kind_of(word))
        return value

    def words(self, key: str, allowed: tuple[str, ...]) -> list[str]:
        """A list of words, one for each layer there is."""
        value = self._get(key)
        if not isinstance(value, list) or not 0 < len(value) <= _MOST_LAYERS:
            raise self.refusal(key, f"a list of at most {_MOST_LAYERS:,} words, one per layer")
        return self.words_by_layer(key, len(value), allowed)

    def given(self, key: str) -> object:
        """Whatever stands under a key; None where it is absent."""
        return self._get(key)

    def numbers(self, key: str, least: int, most: int) -> set[int] | None:
        """Whole numbers within bounds; None where the key is not given."""
        value = self._get(key)
        if value is None:
            return None
        allowed = f"a list of whole numbers from {least} to {most}"
        if not isinstance(value, list):
            raise self.refusal(key, allowed)
        for number in value:
            if type(number) is not int or not least <= number <= most:
                raise self.refusal(key, allowed, kind_of(number))
        return set(value)

    def repeated(self, key: str, layers: int, wanted: str, other: str) -> list[bool]:
        """Whether each layer is of a kind, from a list of pairs: kinds, and how often they follow.

        None is where the key is not given.
        """
        value = self._get(key)
        if value is None:
            return [False] * layers
        allowed = f'a list such as [[["{other}", "{wanted}"], 12]], for {layers} layers'
        found: list[bool] = []
        for pair in value if isinstance(value, list) else [None]:
            if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], list):
                raise self.refusal(key, allowed)
            kinds, times = pair
            if type(times) is not int or not 0 <= times <= layers or len(kinds) > layers:
                raise self.refusal(key, allowed)
            found += [kind == wanted for kind in kinds] * times
        if len(found) != layers:
            raise self.refusal(key, allowed, f"{len(found)} layers")
        return found

    def layer_numbers(self, key: str, layers: int) -> set[int] | None:
        """Numbers of layers, from 0; None where the key is not given."""
        return self.numbers(key, 0, layers - 1)

    def refuse_unless(self, key: str, *allowed: object) -> None:
        """Refuse values the family's counts do not cover; null and absent pass."""
        value = self._get(key)
        if value is not None and not any(value is one or value == one for one in allowed):
            raise self.refusal(key, " or ".join(_as_json(one) for one in allowed))

    def note(self, field: str, sentence: str) -> None:
        """Add a note on one of our fields."""
        self.notes[field] = sentence

    def refusal(self, key: str, allowed: str, found: str | None = None) -> ScenarioError:
        """The refusal of a key's value, or of its absence."""
        is_given = key in self._values
        text = found or (kind_of(self._values[key]) if is_given else "nothing")
        return ScenarioError(f"{self._inside}{key}", text, allowed)


def _as_json(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else shown(value)
