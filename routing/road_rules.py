"""What decides about roads in a situation, kept with the graph: tags of ways, gates, turn rules."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from routing.layout import Int32Array
from routing.osm_conditions import Situation, is_met
from routing.osm_tags import Tags, is_blocked, is_variable
from routing.profiles import Profile


class Rule(NamedTuple):
    """When a link is shut: a condition of a turn restriction, or the tags of a gate."""

    condition: str = ""
    gate: Mapping[str, str] | None = None

    def shuts(self, profile: Profile, situation: Situation) -> bool:
        """Whether the rule shuts its links in a situation."""
        if self.gate is not None:
            return is_blocked(self.gate, profile, situation)
        return is_met(self.condition, situation)


class ProfileRules(NamedTuple):
    """Rules of one profile."""

    profile: Profile
    rules: Sequence[Rule]  # named by `Bans.rule`


class Rulebook:
    """Tags of the ways, and the rules of each profile by its name."""

    def __init__(
        self,
        tags_of_way: Int32Array,
        tag_sets: Sequence[Tags],
        profiles: Mapping[str, ProfileRules],
    ) -> None:
        """Take the index of each way's tag set, the sets, and the rules."""
        self.tags_of_way = tags_of_way
        self.tag_sets = tag_sets
        self.profiles = profiles
        self._variable: dict[str, list[int]] = {}

    def variable_sets(self, profile: str) -> list[int]:
        """Rows of the tag sets that mean different things in different situations."""
        rows = self._variable.get(profile)
        if rows is None:
            own = self.profiles[profile].profile
            rows = [row for row, tags in enumerate(self.tag_sets) if is_variable(tags, own)]
            self._variable[profile] = rows
        return rows
