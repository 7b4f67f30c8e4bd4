"""Chromium without a window, driven by the DevTools protocol over two pipes.

https://chromedevtools.github.io/devtools-protocol/; messages are JSON ended by a zero byte.
"""

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_PATIENCE = 60  # s, on a busy machine


class Tab:
    """The one tab of a browser; what its page throws or logs as an error is kept."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = commands, answers
        self._rest = b""
        self._n_sent = 0
        self._session: str | None = None
        self.errors: list[str] = []
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        attached = self._send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._send(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Go to a page."""
        self._send("Page.navigate", url=url)

    def show_on_paper(self, width: int = 703) -> None:
        """Lay pages out as for print, so many CSS pixels wide."""
        self._send("Emulation.setEmulatedMedia", media="print")
        size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
        self._send("Emulation.setDeviceMetricsOverride", **size)

    def value(self, expression: str) -> Any:
        """Return what an expression is in the page."""
        answer = self._send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, (expression, answer)
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true."""
        deadline = time.monotonic() + _PATIENCE
        while not self.value(condition):
            assert time.monotonic() < deadline, (condition, self.value("document.body.innerText"))
            time.sleep(0.02)

    def picture(self, path: Path) -> None:
        """Save a picture of the page."""
        data = self._send("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._n_sent += 1
        message = {"id": self._n_sent, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        for answer in self._messages():
            self._note(answer)
            if answer.get("id") == self._n_sent:
                assert "error" not in answer, (method, answer)
                result: dict[str, Any] = answer["result"]
                return result
        msg = f"the browser ended before it answered {method}"
        raise EOFError(msg)

    def _note(self, message: dict[str, Any]) -> None:
        parameters = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(parameters["exceptionDetails"]))
        elif message.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.errors.append(f"{parameters['entry']['text']} {parameters['entry'].get('url')}")

    def _messages(self) -> Iterator[dict[str, Any]]:
        while True:
            while b"\0" not in self._rest:
                more = os.read(self._answers, 1 << 20)
                if not more:
                    return
                self._rest += more
            text, self._rest = self._rest.split(b"\0", 1)
            yield json.loads(text)


@contextmanager
def browsing(folder: Path) -> Iterator[Tab]:
    """Start Chromium with a profile of its own in a folder, and end it."""
    assert CHROMIUM is not None
    (read_commands, commands), (answers, write_answers) = os.pipe(), os.pipe()
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
               "--disable-dev-shm-usage", "--no-first-run",
               f"--user-data-dir={folder}"]  # fmt: skip
    # Chromium reads commands from descriptor 3 and writes answers to 4.
    command = f'exec "$@" 3<&{read_commands} 4>&{write_answers}'
    with subprocess.Popen(
        ["/bin/bash", "-c", command, "chromium", CHROMIUM, *options],
        pass_fds=(read_commands, write_answers),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(read_commands)
        os.close(write_answers)
        try:
            yield Tab(commands, answers)
        finally:
            process.kill()
            os.close(commands)
            os.close(answers)
