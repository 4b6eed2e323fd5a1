"""Takes the walk's steps of the log and an incident: opened from a tile, followed, concluded, submitted, approved."""

from controlroom.incidents.records import Incident, IncidentState
from controlroom.simulator.borough.restricted import CATEGORY
from controlroom.tour.driver import TourStuck
from controlroom.tour.walk import Walk
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.form import FormCard
from controlroom.ui.pages.incidents.page import IncidentsPage
from controlroom.ui.pages.live.page import LivePage
from controlroom.ui.pages.log.page import LogPage
from controlroom.ui.widgets.key_button import KeyButton


def open_from_tile(walk: Walk) -> None:
    """One key on a tile: time, camera, person and picture are in the form beside it, and the pictures go on.

    What is logged meanwhile is offered to the incident, and joins it by one key.
    """
    live, page, driver = walk.page(LivePage), walk.page(IncidentsPage), walk.driver
    walk.go(live)
    index = next(i for i, camera in enumerate(live.wall.cameras()) if camera and camera.number == "014")
    live.wall.select(index)
    driver.keys("F2", live.wall)
    driver.wait(lambda: driver.visible(FormCard, lambda _: True), "the form of a new incident")
    walk.settle()
    form = driver.visible(FormCard, lambda _: True)[0]
    category = form.input("category")
    driver.type("public", category)
    driver.keys("Return", category)
    driver.fill(
        "What happened", "Group of about ten squaring up outside the arcade; one has a bottle. Police told."
    )
    camera = form.values()["camera"]
    walk.show("An incident from a tile, already filled in", camera=camera.number if camera else None)
    writing = live.writing
    assert writing is not None
    driver.click(
        driver.visible(KeyButton, lambda each: each.text() == "Open incident" and form.isAncestorOf(each))[0]
    )
    driver.wait(lambda: writing.incident is not None, "the incident beside the pictures")
    driver.keys("Ctrl+L", walk.desk.window)
    driver.type("Male in red jacket runs towards the station, CAD 4417", walk.desk.window.log_line.edit)
    driver.keys("Return", walk.desk.window.log_line.edit)
    driver.wait(lambda: writing.brief.offered > 0, "the entry logged meanwhile to be offered")
    walk.settle()
    walk.show("What is logged meanwhile is offered, and joins by one key", offered=writing.brief.offered)
    driver.keys("Ctrl+J", live.wall)
    driver.wait(lambda: writing.brief.offered == 0, "the entry to join the incident")
    driver.keys("Shift+F2", live.wall)
    driver.wait(lambda: page.view.file is not None and page.view.isVisible(), "the incident's record")
    driver.wait(lambda: _state(walk) is IncidentState.OPEN, "the incident to be open")
    walk.settle()
    file = page.view.file
    assert file is not None
    has_snapshot = any("snapshot" in repr(line).lower() for line in file.timeline)
    walk.show("The incident's record", incident=file.incident.reference, has_snapshot=has_snapshot)


def to_submitted(walk: Walk) -> None:
    """The road of the incident, as far as the operator goes."""
    for action, answers, reached in (
        ("Start monitoring", {}, IncidentState.MONITORING),
        ("Police informed", {"CAD": "4417"}, IncidentState.POLICE_INFORMED),
        ("Police on scene", {}, IncidentState.POLICE_ON_SCENE),
        ("Conclude", {"Result": "Dispersed", "Theme": "Location"}, IncidentState.CONCLUDED),
        ("Submit", {}, IncidentState.SUBMITTED),
    ):
        _take(walk, action, answers, reached)
    walk.show("Concluded and submitted, the timeline readable aloud", incident_state=str(_state(walk)))


def approve(walk: Walk) -> None:
    """The supervisor reads it and approves."""
    page = walk.page(IncidentsPage)
    shown = page.view.file
    assert shown is not None
    walk.become("Supervisor 02")
    walk.go(page)
    page.show_incident(shown.incident.id)
    walk.settle()
    _take(walk, "Approve", {}, IncidentState.APPROVED)
    walk.show(
        "Approved by the supervisor, the next to review in front",
        incident_state=str(_state(walk, shown.incident.id)),
    )


def restricted(walk: Walk) -> None:
    """An incident that only the people named see; for everybody else it is nowhere to be found."""
    page, driver = walk.page(IncidentsPage), walk.driver
    page.show_state("All")
    driver.type(CATEGORY, page.column.search)

    def named() -> list[Incident]:
        return [each for each in page.column.model.records if each.restricted]

    driver.wait(lambda: bool(named()), "the restricted incident in the supervisor's list")
    shown = named()[0]
    page.show_incident(shown.id)
    walk.settle()
    walk.show("An incident only the people named see", restricted=shown.reference)
    walk.become("Operator 07")
    walk.go(page)
    page.column.search.clear()
    driver.type(shown.reference, page.column.search)
    driver.wait(lambda: not page.column.model.records, "the operator's search to find nothing")
    walk.show("For everybody else it is nowhere", operator_finds=len(page.column.model.records))
    page.column.search.clear()


def log_page(walk: Walk) -> None:
    """The log, newest first, with the entries just written."""
    walk.go(walk.page(LogPage))
    walk.driver.rest(0.5)
    walk.show("The log")


def _state(walk: Walk, number: int | None = None) -> IncidentState | None:
    """The state of the incident in front, or of `number` in the list: after a review another one is in front."""
    page = walk.page(IncidentsPage)
    if number is not None:
        return next((each.state for each in page.column.model.records if each.id == number), None)
    file = page.view.file
    return file.incident.state if file is not None else None


def _take(walk: Walk, action: str, answers: dict[str, str], reached: IncidentState) -> None:
    """Press an action, answer what it asks, and wait for the state it leads to."""
    page, driver = walk.page(IncidentsPage), walk.driver
    offered = {each.text(): each for each in driver.visible(ActionButton, page.isAncestorOf)}
    if action not in offered:
        raise TourStuck(f"'{action}' is not offered, only {list(offered)}")
    file = page.view.file
    assert file is not None
    number = file.incident.id
    driver.click(offered[action])
    driver.wait(
        lambda: driver.visible(FormCard, lambda _: True) or _state(walk, number) is reached,
        f"what '{action}' asks",
    )
    for form in driver.visible(FormCard, lambda _: True):
        for name, value in answers.items():
            driver.fill(name, value)
        form.submit()
    driver.wait(lambda: _state(walk, number) is reached, f"the incident to be {reached.value}")
    walk.settle()
