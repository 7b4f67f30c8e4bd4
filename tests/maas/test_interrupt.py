"""Ctrl-C on the command line."""

import atexit
import gc
import json
import signal
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


def test_a_program_ends_without_looking_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passing over a region once more took longer than all that Ctrl-C waits for besides."""
    registered: list[object] = []
    monkeypatch.setattr(atexit, "register", registered.append)
    assert main(["schema", "shipments"]) == 0
    assert registered == []
    monkeypatch.setattr("sys.argv", ["maas", "schema", "shipments"])
    assert main() == 0
    assert registered == [gc.freeze]


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
