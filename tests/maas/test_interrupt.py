"""Ctrl-C on the command line."""

import atexit
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import maas.freight
from maas.__main__ import main
from maas.cli.interrupt import stopped_by_user
from maas.freight import check_plan
from tests.maas.scenario_valley import build_scenario_valley
from tests.maas.test_freight import batch


def test_the_first_ctrl_c_ends_the_search_and_the_second_one_the_program() -> None:
    before = signal.getsignal(signal.SIGINT)
    with stopped_by_user() as is_stopped:
        assert not is_stopped()
        signal.raise_signal(signal.SIGINT)
        assert is_stopped()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_before_the_search_has_begun_ctrl_c_ends_the_program() -> None:
    with stopped_by_user(lambda: False), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_a_program_leaves_at_once_and_last_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Taking the interpreter apart took as long as all that Ctrl-C waits for besides."""
    registered: list[tuple[Any, ...]] = []
    monkeypatch.setattr(atexit, "register", lambda *given: registered.append(given))
    assert main(["schema", "shipments"]) == 0
    assert registered == []
    monkeypatch.setattr("sys.argv", ["maas", "schema", "shipments"])
    assert main() == 0
    left: list[int] = []
    monkeypatch.setattr("os._exit", left.append)
    leave, answered = registered[0]
    leave(answered)
    leave([])  # a fault of ours: the interpreter tells it and ends by itself
    assert left == [0]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["schema", "shipments"], 0, '"ShipmentsDocument"'),
        (["cargo", "check", "nowhere.json", "-r", "nowhere"], 2, "maas cargo: "),
        (["cargo"], 2, "usage: maas cargo"),
    ],
)
def test_all_that_a_program_says_is_there_when_it_has_left(
    words: list[str], code: int, told: str
) -> None:
    command = [sys.executable, "-m", "maas", *words]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == code
    assert told in found.stdout + found.stderr


def test_ctrl_c_writes_the_best_plan_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = build_scenario_valley(tmp_path)
    plan_loads = maas.freight.plan_loads

    def interrupted(*given: Any, **more: Any) -> Any:
        def told(stage: str, share: float) -> None:
            more["on_progress"](stage, share)
            if "chains" in stage:
                signal.raise_signal(signal.SIGINT)

        return plan_loads(*given, **{**more, "on_progress": told})

    monkeypatch.setattr(maas.freight, "plan_loads", interrupted)
    goods, out = tmp_path / "goods.json", tmp_path / "plan.json"
    goods.write_text(json.dumps(batch(3)))
    command = ["cargo", "plan", str(goods), "-r", str(region.folder.parents[1]), "-o", str(out)]
    assert main([*command, "--seconds", "600", "--iterations", "400"]) == 0
    plan = json.loads(out.read_text())
    assert check_plan(region, plan) == []
    assert plan["notices"][0].startswith("Planning was cut short after ")
    assert "中断されました" in plan["notices"][1]
