"""The processes of one cluster: started in the background, remembered in a file, ended by that file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

POLITE_SECONDS = 8.0
KILL_SECONDS = 60.0
STEP_SECONDS = 0.02


def start_time(pid: int) -> str | None:
    """When the kernel started this process; None when it is gone or a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the program's name may hold blanks and brackets
    return None if fields[0] == "Z" else fields[19]


class Processes:
    """The file lists each process with its start time, so that a pid which the kernel gave to another is left alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "processes.json"
        self.started: list[dict[str, str]] = json.loads(self.file.read_text()) if self.file.exists() else []

    def start(self, name: str, command: list[str]) -> None:
        log = os.open(self.log(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=self.folder
            )
        finally:
            os.close(log)
        began = start_time(child.pid)
        self.started.append({"name": name, "pid": str(child.pid), "began": began or ""})
        self.file.write_text(json.dumps(self.started))
        if began is None:
            raise RuntimeError(f"{name} ended at once:\n{self.tail(name)}")

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def tail(self, name: str) -> str:
        lines = self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-15:])

    def fallen(self) -> str | None:
        """The name of a process that has ended by itself."""
        return next((entry["name"] for entry in self.started if not alive(entry)), None)

    def stop(self) -> None:
        """Ends them in reverse order of their start and returns when they are gone."""
        for entry in reversed(self.started):
            end(entry)


def alive(entry: dict[str, str]) -> bool:
    return entry["began"] != "" and start_time(int(entry["pid"])) == entry["began"]


def end(entry: dict[str, str]) -> None:
    for number, patience in ((signal.SIGTERM, POLITE_SECONDS), (signal.SIGKILL, KILL_SECONDS)):
        deadline = time.monotonic() + patience
        if alive(entry):
            os.kill(int(entry["pid"]), number)
        while alive(entry):
            if time.monotonic() > deadline:
                break
            time.sleep(STEP_SECONDS)
        else:
            return
    raise RuntimeError(f"{entry['name']} (pid {entry['pid']}) does not end")
