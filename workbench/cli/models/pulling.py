"""models pull: a model of the catalogue onto this machine. Nothing is fetched before it was asked for and confirmed."""

import argparse
import sys
from typing import TYPE_CHECKING, TextIO

from workbench.cli.models.asking import confirm, duration, end, gigabytes, show
from workbench.errors import HubError, ModelError
from workbench.settings import settings

if TYPE_CHECKING:
    from workbench.models.downloads import Download, Offer, Step

LOOK = 0.2  # seconds between two looks
PATIENCE = 15.0  # seconds that a stop may take: the hub's client notices at its next piece, or its time limit
INTERRUPTED = 130


def words(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `pull`."""
    pull = verbs.add_parser(
        "pull", help="download a model of the catalogue, check it, try it; asks first, goes on where it was stopped",
        epilog="HF_ENDPOINT names another hub, HF_TOKEN your account's token for gated models; proxies as usual.",
    )  # fmt: skip
    pull.add_argument("name", help="as `models catalogue` prints it")
    pull.add_argument("--quant", metavar="Q4_K_M", help="how its weights are packed (the catalogue's first)")
    pull.add_argument("--yes", action="store_true", help="do not ask")
    pull.set_defaults(run=pull_model)


def pull_model(arguments: argparse.Namespace, out: TextIO) -> int:
    """Say what it is and takes, ask, download, check, try, put in place."""
    from workbench.models.catalogue import read_catalogue
    from workbench.models.downloads import Download, offer

    entry = read_catalogue(settings().catalogue).find(arguments.name)
    offered = offer(settings().models, entry, entry.quantisation(arguments.quant))
    if _is_there(offered):
        print(f"{offered.folder.name} is here already, the very same file.", file=out)
        return 0
    print(described(offered), file=sys.stderr)
    offered.require_room()
    if not confirm("Download it?", arguments.yes):
        print("Nothing was downloaded.", file=out)
        return 0
    download = Download(offered)
    try:
        download.start()
        step = _follow(download)
    except KeyboardInterrupt:
        download.stop()
        end()
        step = download.wait(PATIENCE)
        print(_stopped(offered, step), file=sys.stderr)
        return INTERRUPTED
    if step.words != "done":
        raise HubError(step.error)
    return _done(offered, out)


def described(offered: "Offer") -> str:
    """Return what a person wants to know before it is downloaded."""
    from workbench.engine.footprint import available
    from workbench.models.hub import endpoint

    entry, free = offered.entry, available()
    needed = entry.memory(offered.quantisation, settings().context)
    lines = {
        "from": f"{entry.repository} on {endpoint().partition('://')[2]}",
        "size": gigabytes(offered.remote.bytes)
        + (f", {gigabytes(offered.so_far)} of it are here from an earlier try" if offered.so_far else ""),
        "disk": f"{gigabytes(offered.disk_free)} free in {offered.folder.parent}",
        "memory": f"about {gigabytes(needed)} with {settings().context:,} tokens of context, {gigabytes(free)} free"
        + (": more than is there now" if needed > free else ""),
        "licence": entry.licence + (", gated: needs HF_TOKEN" if entry.gated else ""),
        "for": entry.good_for,
    }
    return f"{entry.title}, {offered.quantisation}\n" + "\n".join(f"  {key:<8}{value}" for key, value in lines.items())


def _is_there(offered: "Offer") -> bool:
    from workbench.models.installed import read_manifest

    try:
        return bool(read_manifest(offered.folder / "manifest.json")["base"]["sha256"] == offered.remote.sha256)
    except (ModelError, KeyError, TypeError):
        return False


def _follow(download: "Download") -> "Step":
    """Show how far it is until it ended."""
    while not (step := download.wait(LOOK)).ended:
        show(_line(step))
    end()
    return step


def _line(step: "Step") -> str:
    if step.words != "downloading":
        return f"{step.words} ..."
    left = f", {duration(step.seconds_left)} left" if step.seconds_left is not None else ""
    share = 100 * step.bytes / step.total
    return f"{share:5.1f} %  {gigabytes(step.bytes)} of {gigabytes(step.total)}, {step.rate / 1e6:.1f} MB/s{left}"


def _stopped(offered: "Offer", step: "Step") -> str:
    again = f"python -m workbench models pull {offered.entry.name} --quant {offered.quantisation}"
    return f"Stopped; {gigabytes(step.bytes)} of {gigabytes(step.total)} are kept. To go on: {again}"


def _done(offered: "Offer", out: TextIO) -> int:
    from workbench.models.installed import read_manifest

    trial = read_manifest(offered.folder / "manifest.json").get("trial", {})
    speed = f"; tried: {trial['decode_per_s']:g} tokens a second" if trial else ""
    print(f"{offered.folder.name} is in place, size and hash as the hub says{speed}.", file=out)
    print(f"To use it: python -m workbench models use {offered.folder.name}", file=sys.stderr)
    return 0
