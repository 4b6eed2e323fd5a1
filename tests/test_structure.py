"""Rules about the source text itself: lint, format, types, import directions, locks, names that do not belong here."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("bootstrap.py", "controlroom", "tests")
SKIPPED_FOLDERS = {".git", ".venv", "__pycache__", "build", "dist", "node_modules"}
TEXT_ENDINGS = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".in",
    ".json",
    ".csv",
    ".svg",
    ".sh",
    ".cfg",
    ".ini",
    ".yml",
    "",
}
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

pytestmark = pytest.mark.structure


def run(*command: str, folder: Path = ROOT) -> tuple[int, str]:
    """Exit code and everything printed."""
    answer = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return answer.returncode, answer.stdout


def python(*words: str, folder: Path = ROOT) -> tuple[int, str]:
    return run(sys.executable, *words, folder=folder)


def project_files() -> Iterator[Path]:
    """Every text file of the project that someone wrote."""
    for folder, names, files in os.walk(ROOT):
        names[:] = [name for name in names if name not in SKIPPED_FOLDERS and not name.startswith(".")]
        names += [".ci"] if Path(folder) == ROOT else []
        for name in files:
            path = Path(folder, name)
            if path.suffix in TEXT_ENDINGS and (not name.startswith(".") or name == ".gitignore"):
                yield path


def test_ruff_finds_nothing() -> None:
    code, output = python("-m", "ruff", "check", "--output-format", "concise", *SOURCES)
    assert code == 0, output


def test_the_code_is_formatted() -> None:
    code, output = python("-m", "ruff", "format", "--diff", *SOURCES)
    assert code == 0, f"run `ruff format` in .venv\n{output}"


@pytest.mark.timeout(400)  # half a minute by itself, several while the machine is busy with other work
def test_the_types_are_sound() -> None:
    code, output = python("-m", "basedpyright", "--pythonpath", sys.executable)
    assert code == 0, output


def test_imports_go_one_way_only() -> None:
    code, output = python("-c", LINT_IMPORTS, "--no-cache")
    assert code == 0, output


def test_nothing_reads_video_with_opencv() -> None:
    """Its capture brings a second FFmpeg into a process, tells nothing of why it failed and cannot be interrupted."""
    named = [path.name for path in (ROOT / "controlroom").rglob("*.py") if "VideoCapture" in path.read_text()]
    assert named == []


@pytest.fixture(scope="module")
def verdict_on_a_bad_package(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the contracts say about a tiny package of our shape that breaks every one of them."""
    folder = tmp_path_factory.mktemp("bad")
    imports = {
        "accounts/service": "import controlroom.cameras.service",
        "app": "import controlroom.ui.kit.page, controlroom.tour.driver",
        "audit/service": "import PySide6.QtCore",
        "bench/wall": "import cv2",
        "cameras/onvif/session": "import zeep",
        "cameras/service": "import controlroom.video.pool",
        "cameras/control/worker": "import onvif",
        "database/tables": "",
        "deployments/bids/service": "import controlroom.deployments.meetings.service",
        "deployments/deployments/service": "import controlroom.deployments.bids.service",
        "deployments/dates": "import controlroom.deployments.policy",
        "deployments/meetings/service": "",
        "deployments/policy": "",
        "deployments/nobody_placed_this": "",
        "deployments/units/service": "",
        "deployments/units/work": "import controlroom.deployments.units.service",
        "incidents/tables": "import sqlalchemy",
        "nobody_knows_this": "",
        "simulator/fleet": "",
        "tour/driver": "",
        "ui/first_start/window": "",
        "ui/kit/page": "import controlroom.video.pool, controlroom.simulator.fleet, controlroom.incidents.tables",
        "ui/kit/form": "import controlroom.ui.pages.log.page, controlroom.ui.shell.rail",
        "ui/pages/audit/page": "",
        "ui/pages/log/page": "import controlroom.ui.pages.audit.page",
        "ui/shell/rail": "import controlroom.ui.pages.audit.page",
        "ui/sign_in/page": "",
        "ui/widgets/card": "import controlroom.ui.kit.form",
        "video/pool": "import av, cv2",
    }
    for name, text in imports.items():
        module = folder / "controlroom" / f"{name}.py"
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(text)
    for package in {(folder / "controlroom" / name).parent for name in imports} | {
        folder / "controlroom/cameras",
        folder / "controlroom/deployments",
        folder / "controlroom/ui",
        folder / "controlroom/ui/pages",
    }:
        (package / "__init__.py").touch()
    for module in ("cli", "errors", "clock", "settings", "changes", "logs", "platform", "processes"):
        (folder / "controlroom" / f"{module}.py").touch()
    for module in ("codec", "resources", "site_key"):
        (folder / "controlroom" / f"{module}.py").touch()
    shutil.copy(ROOT / "pyproject.toml", folder)
    code, output = python("-c", LINT_IMPORTS, "--no-cache", folder=folder)
    assert code == 1, output
    return re.sub(r"\s+", " ", output)


@pytest.mark.parametrize(
    "found",
    [
        "One way only: each layer knows only those below it BROKEN",
        "controlroom.accounts is not allowed to import controlroom.cameras",
        "controlroom.ui is not allowed to import controlroom.simulator",
        "controlroom.app is not allowed to import controlroom.tour",
        "not listed as layers: - controlroom.nobody_knows_this",
        "controlroom.audit.service -> PySide6",
        "controlroom.bench.wall -> cv2",
        "controlroom.video.pool -> av",
        "controlroom.cameras.control.worker -> onvif",
        "controlroom.ui.kit.page -> controlroom.video.pool (l.1) controlroom.video.pool -> cv2",
        "controlroom.app -> controlroom.ui.kit.page (l.1) controlroom.ui.kit.page -> controlroom.video.pool",
        "controlroom.ui.kit.page -> controlroom.incidents.tables",
        "controlroom.cameras is not allowed to import controlroom.video",
        "controlroom.deployments.bids is not allowed to import controlroom.deployments.meetings",
        "controlroom.deployments.dates is not allowed to import controlroom.deployments.policy",
        "not listed as layers: - controlroom.deployments.nobody_placed_this",
        "controlroom.deployments.units.work is not allowed to import controlroom.deployments.units.service",
        "controlroom.ui.kit.form -> controlroom.ui.pages.log.page",
        "controlroom.ui.kit.form -> controlroom.ui.shell.rail",
        "controlroom.ui.widgets.card -> controlroom.ui.kit.form",
        "controlroom.ui.shell.rail -> controlroom.ui.pages.audit.page",
        "controlroom.ui.pages.log is not allowed to import controlroom.ui.pages.audit",
    ],
)
def test_the_import_contracts_bite(verdict_on_a_bad_package: str, found: str) -> None:
    assert found in verdict_on_a_bad_package


def test_the_import_contracts_let_pass_what_they_should(verdict_on_a_bad_package: str) -> None:
    for allowed in (
        "controlroom.cameras.onvif.session -> zeep",
        "controlroom.incidents.tables -> sqlalchemy",
        "controlroom.deployments.deployments is not allowed to import controlroom.deployments.bids",
    ):
        assert allowed not in verdict_on_a_bad_package


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("app/desk", False),
        ("demo/run", False),
        ("ui/kit/page", False),
        ("bench/driven_desk", True),
        ("tour/driver", True),
    ],
)
def test_only_what_drives_the_desk_may_press_its_keys(tmp_path: Path, module: str, allowed: bool) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    file = tmp_path / "controlroom" / f"{module}.py"
    file.parent.mkdir(parents=True)
    file.write_text('"""Drives."""\n\nfrom PySide6.QtTest import QTest\n\nPRESS = QTest.keyClick\n')
    code, output = python(
        "-m", "ruff", "check", "--no-cache", "--select", "TID251", "--output-format", "concise", str(file)
    )
    assert (code == 0) is allowed, output
    assert ("Only what drives the desk" in output) is not allowed


OTHER_CLOCKS = re.compile(
    r"SystemClock\(|datetime\.now\(|datetime\.today\(|date\.today\(|utcnow\(|time\.time\(|\.current(?:Date|Time|DateTime)\("
    r"|\bCURRENT_(?:TIMESTAMP|DATE|TIME)\b|func\.now\(|\bnow\(\)::|datetime\('now'"
)
MAY_ASK_THE_COMPUTER = {
    "controlroom/clock.py",
    "controlroom/recording/storage_folder.py",  # TLS libraries compare a certificate with the computer's clock
}


def test_every_part_asks_the_clock_of_its_process() -> None:
    """Otherwise `demo --at` would reach one part and not the other. The bench measures seconds: it may ask itself."""
    found = [
        f"{name}: {line.strip()}"
        for path in sorted((ROOT / "controlroom").rglob("*.py"))
        if (name := path.relative_to(ROOT).as_posix()) not in MAY_ASK_THE_COMPUTER
        and not name.startswith("controlroom/bench/")
        for line in path.read_text(encoding="utf-8").splitlines()
        if OTHER_CLOCKS.search(line)
    ]
    assert found == []


def pins(lock: str) -> dict[str, str]:
    """Package → version and marker, of one lock file."""
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8").replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert all("--hash=sha256:" in line for line in lines), f"{lock} has packages without a hash"
    return dict(line.split("--hash")[0].strip().split("==", 1) for line in lines)


def test_days_and_times_are_typed_into_fields_that_read_them() -> None:
    """Qt's own fields keep another day than the one that was typed, without a word; see ui/kit/day_edit.py."""
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "controlroom").rglob("*.py")
        if re.search(r"\bQ(Date|Time|DateTime)Edit\b", path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_the_test_lock_is_the_run_lock_and_more() -> None:
    assert pins("run.txt").items() <= pins("test.txt").items()


@pytest.mark.parametrize("lock", ["run.txt", "test.txt", "build.txt"])
def test_the_locks_name_no_place_to_fetch_from(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert pins(lock)


def test_no_file_names_a_place_of_the_machine_it_was_written_on() -> None:
    places = [str(place) for place in (ROOT, Path.home()) if place != Path(place.anchor)]
    names = re.compile(r"(?<![\w.*}/-])(?:" + "|".join(re.escape(place) for place in places) + r")(?:/|\b)")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:100]}"
        for path in project_files()
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if names.search(line)
    ]
    assert not found, "\n".join(found)
