"""The examples about credentials, which need a server that tells users apart."""

from __future__ import annotations

import subprocess

from identities import plugin
from provider import Provider
from work import BUILD, Plane, Work, wait_until


def says(work: Work, wanted: str, name: str, *arguments: str, **environment: str) -> None:
    done = work.run(BUILD / "examples" / name, *arguments, **environment)
    work.check(f"example {name}", "" if done.returncode == 0 and done.stdout == wanted else f"{done.stdout}{done.stderr}, not {wanted}")


def check_follow(work: Work, plane: Plane) -> None:
    """The current context is switched while it runs."""
    config = plane.kubeconfig("followed", {"token": plane.user("token"), "admin": plane.user("admin")})
    out = work.folder / "follow.out"
    with out.open("w") as file:
        running = subprocess.Popen([BUILD / "examples/follow_config", "60"], env=work.environment(KUBECONFIG=str(config)), stdout=file)
    try:
        wait_until(lambda: "token: token-admin\n" in out.read_text(), "follow_config")
        work.run(plane.kubectl, f"--kubeconfig={config}", "config", "use-context", "admin")
        wait_until(lambda: "admin: admin\n" in out.read_text(), "follow_config, of another context")
        work.check("example follow_config", "")
    finally:
        running.kill()
        running.wait()


def check(work: Work, plane: Plane, _: Provider) -> None:
    token, stranger, ca = plane.user("token")["token"], plane.user("stranger")["token"], str(plane.pki / "ca.crt")
    command = plugin(work, "example-plugin", {"token": token})["exec"]["command"]
    says(work, "token-admin\n", "exec_plugin", plane.server, ca, command, "--argument")
    tokens = work.write("tokens", f"{stranger}\n{token}\n")
    says(work, "token-admin\n", "own_credentials", plane.server, ca, str(tokens))
    me = {"KUBECONFIG": str(plane.path)}
    says(work, "jane in dev system:authenticated\nmay not list secrets\n", "impersonate", "jane", "dev", **me)
    says(work, "jane in system:masters system:authenticated\nmay list secrets\n", "impersonate", "jane", "system:masters", **me)
    check_follow(work, plane)
