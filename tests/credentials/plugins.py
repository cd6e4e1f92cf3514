"""Credential plugins as scripts, under load from 32 threads: how often they run, and that no request fails that need not."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from identities import EXEC
from provider import Provider
from work import BUILD, Plane, Work

THREADS, MILLISECONDS = 32, 3000
ATTEMPTS = 3  # at having a plugin run often enough in that time

# A script is told the tokens by its environment; $runs is a file with a line for each run, $run the number of this one.
BEGIN = '#!/bin/sh\necho run >> "$runs"\nrun=$(wc -l < "$runs")\n'
PRINT = (
    'print() { printf \'{"apiVersion":"%s","kind":"ExecCredential","status":{"token":"%s"%s}%s}\' "$version" "$1" "$2" "$3"; }\n'
    'expiry() { date -u -d "+$1 seconds" +\',"expirationTimestamp":"%Y-%m-%dT%H:%M:%S.%NZ"\'; }\n'
    f"version={EXEC['apiVersion']}\n"
)
EVER = 1_000_000


@dataclass
class Case:
    """runs: fewest and most; code: of all requests, or of none when it is empty; message: a part of it."""

    name: str
    script: str
    runs: tuple[int, int] = (1, 1)
    code: str = ""
    message: str = ""
    interactive: str = "Never"


def cases() -> list[Case]:
    seconds = MILLISECONDS // 1000
    return [
        Case("good", 'print "$token"'),
        Case("slow", 'sleep 1; print "$token"'),
        Case("prints in small pieces", 'print "$token" | sed "s/./&\\n/g" | while read -r c; do printf "%s" "$c"; sleep 0.002; done'),
        Case("leaves a child behind", '(sleep 2; echo late) & print "$token"'),
        Case("huge", 'print "$token" "" ",\\"x\\":\\"$(head -c 8000000 /dev/zero | tr "\\0" x)\\""'),
        Case("talks on standard error", 'head -c 200000 /dev/zero | tr "\\0" x >&2; print "$token"'),
        # A tenth of its second before it expires a token is made again; what is old but good is used meanwhile.
        Case("expires every second", 'print "$token" "$(expiry 1)"', (2, 4 * seconds)),
        Case("slow, expires every second", 'sleep 0.5; print "$token" "$(expiry 1)"', (2, 2 * seconds + 2)),
        Case("is expired already", 'print "$token" "$(expiry -5)"', (2, EVER)),
        Case("knows better after a refusal", 'if [ "$run" = 1 ]; then print "$stranger"; else print "$token"; fi', (2, 2)),
        Case("is refused for ever", 'print "$stranger"', (2, EVER), "KUBE_E_UNAUTHORIZED"),
        Case("fails", 'echo "secret $token"; exit 3', (1, EVER), "KUBE_E_CONFIG", "ended with status 3"),
        Case("is killed", "kill -9 $$", (1, EVER), "KUBE_E_CONFIG", "was ended by signal 9"),
        Case("prints too much", "head -c 17000000 /dev/zero", (1, EVER), "KUBE_E_LIMIT", "more than 16777216 bytes"),
        Case("prints garbage", "head -c 10000 /dev/urandom", (1, EVER), "KUBE_E_CONFIG", "printed no ExecCredential"),
        Case("prints nothing", "true", (1, EVER), "KUBE_E_CONFIG", "printed no ExecCredential"),
        Case("wrong version", 'version="${version}beta1"; print "$token"', (1, EVER), "KUBE_E_CONFIG", "apiVersion is not"),
        Case("asks for a terminal", 'print "$token"', (0, 0), "KUBE_E_CONFIG", "interactiveMode is Always", "Always"),
    ]


def user(work: Work, plane: Plane, number: int, case: Case) -> dict[str, Any]:
    path = work.write(f"plugin-{number}", BEGIN + PRINT + case.script + "\n", 0o700)
    values = {name: plane.user(name)["token"] for name in ("token", "stranger")}
    values["runs"] = str(work.folder / f"runs-{number}")
    env = [{"name": name, "value": value} for name, value in values.items()]
    return {"exec": {**EXEC, "interactiveMode": case.interactive, "command": str(path), "env": env}}


def wrong(case: Case, said: dict[str, Any], runs: int, secret: str) -> str:
    failed = said["failed"]
    all_fail_so = list(failed) == [case.code] and failed[case.code] == said["requests"] and case.message in said["message"]
    if (failed and not case.code) or (case.code and not all_fail_so):
        return json.dumps(said)
    if not case.runs[0] <= runs <= case.runs[1]:
        return f"{runs} runs for {said['requests']} requests"
    if said["children"] or said["descriptors"]:
        return f"left behind: {json.dumps(said)}"
    return "a token in a message" if secret in said["message"] else ""


def check(work: Work, plane: Plane, _provider: Provider) -> None:
    table = cases()
    config = plane.kubeconfig("plugins", {case.name: user(work, plane, number, case) for number, case in enumerate(table)})
    for number, case in enumerate(table):
        for _ in range(ATTEMPTS):
            runs, text = judge(work, plane, number, case, config)
            if runs >= case.runs[0]:
                break
        work.check(f"plugin: {case.name}", text)


def judge(work: Work, plane: Plane, number: int, case: Case, config: Path) -> tuple[int, str]:
    """How often the plugin ran, and what was wrong."""
    begin = time.monotonic()
    path = work.folder / f"runs-{number}"
    path.unlink(missing_ok=True)
    # What fails at once need not fail for long.
    milliseconds = MILLISECONDS if case.runs[1] in range(2, EVER) else 500
    done = work.run(BUILD / "credentials/threads", config, case.name, str(THREADS), str(milliseconds))
    runs = path.read_text().count("run") if path.exists() else 0
    said = json.loads(done.stdout) if done.returncode == 0 else {}
    print(f"plugin: {case.name}: {said.get('requests')} requests, {runs} runs, {time.monotonic() - begin:.1f} s")
    if not said:
        return runs, f"status {done.returncode}: {done.stderr[-500:]}"
    return runs, wrong(case, said, runs, plane.user("token")["token"])
