"""Implements `controlroom recorder run|status|stop|pair`: the recorder without a desk, on a server or by hand."""

import argparse
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

from controlroom import settings
from controlroom.app.recorder import run_recorder
from controlroom.codec import from_plain
from controlroom.errors import InvalidInput, Unavailable
from controlroom.platform import data_folder
from controlroom.recording.recorder_supervisor import RecorderSupervisor
from controlroom.recording.records import RecorderState
from controlroom.recording.storage_folder import RecorderStorage, write_private


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `recorder` and what can be done with it."""
    parser = subparsers.add_parser("recorder", help="the recorder: run it, ask it, end it")
    parser.set_defaults(handler=lambda _: (parser.print_help(), 2)[1])
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    run = verbs.add_parser("run", help="run it here until Ctrl+C or SIGTERM")
    run.add_argument("--database", help="the database's address, when it is not in the data folder")
    run.add_argument(
        "--listen", default="", metavar="HOST:PORT", help="where desks reach it (default: loopback)"
    )
    status = verbs.add_parser("status", help="say how it stands")
    status.add_argument("--json", action="store_true", help="print it as JSON")
    stop = verbs.add_parser("stop", help="end it in order")
    pair = verbs.add_parser("pair", help="write the file a desk on another computer needs to reach it")
    pair.add_argument("file", type=Path)
    pair.add_argument(
        "--address", required=True, metavar="HOST:PORT", help="as that desk reaches this server"
    )
    for verb, handler in ((run, _run), (status, _status), (stop, _stop), (pair, _pair)):
        verb.add_argument("--data", type=Path, help="the data folder (default: this person's)")
        verb.set_defaults(handler=handler)


def _run(options: argparse.Namespace) -> int:
    return run_recorder(_folder(options), options.database, listen=options.listen, to_stderr=True)


def _status(options: argparse.Namespace) -> int:
    storage = _storage(options)
    contact = storage.contact()
    if contact is None or not storage.held:
        print("No recorder runs on this data folder.")
        return 1
    try:
        answer = contact.ask("GET", "/state")
    except Unavailable as error:
        print(f"{error} Its process is {contact.pid}.", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(answer))
        return 0
    state = from_plain(RecorderState, answer)
    memory = f"{state.memory_bytes / 1e6:.0f} MB" if state.memory_bytes else "memory not known"
    print(f"Recorder {state.version}, process {state.pid}, up {state.age_s:.0f} s, {memory}")
    print(f"at {contact.host}:{contact.port}; the database {state.database}")
    cameras = ", ".join(f"{count} {word}" for word, count in sorted(state.counts.items())) or "none yet"
    print(f"Cameras: {cameras}; {len(state.leases)} being steered, {state.stops} stopped for a silent desk")
    if state.trouble:
        print(state.trouble)
    for job in state.jobs:
        print(f"{job.title}: {job.outcome.value}{f', {job.words}' if job.words else ''}")
    return 0


def _stop(options: argparse.Namespace) -> int:
    storage = _storage(options)
    if not storage.held:
        print("No recorder runs on this data folder.")
        return 0
    RecorderSupervisor(_folder(options), storage, start=False).stop()
    print("The recorder has ended.")
    return 0


def _pair(options: argparse.Namespace) -> int:
    """The file holds the recorder's token: whoever has it may ask the recorder, and end it."""
    contact = _storage(options).contact()
    host, _, port = options.address.rpartition(":")
    if contact is None:
        raise Unavailable(
            "No recorder runs on this data folder.", remedy="Start it: controlroom recorder run"
        )
    if not host or not port.isdecimal():
        raise InvalidInput("The address has to be host:port.")
    write_private(
        options.file, asdict(replace(contact, host=host.strip("[]"), port=int(port), pid=0, started=0.0))
    )
    print(
        f"Written to {options.file}. Copy it to the desk's data folder, keep it owner-only, and name it there:"
    )
    print(f'recorder_contact = "{options.file.name}"')
    return 0


def _folder(options: argparse.Namespace) -> Path:
    return options.data or data_folder()


def _storage(options: argparse.Namespace) -> "RecorderStorage":
    folder = _folder(options)
    return RecorderStorage.of(folder, settings.load(folder))
