"""Taking a step with an incident inside an open unit of work: the row as it stands, and the line that stays."""

from controlroom.clock import local_date
from controlroom.database.unit_of_work import Work
from controlroom.errors import InvalidInput
from controlroom.incidents import rules, search, writing
from controlroom.incidents.records import Amendment, IncidentAction, Step, StepKind
from controlroom.incidents.tables import IncidentRow
from controlroom.incidents.vocabulary import Vocabulary
from controlroom.incidents.writing import StepDraft


def take(work: Work, author: str, row: IncidentRow, draft: StepDraft) -> None:
    """Write a step and count it in the incident's version. An addendum is written without this: it changes nothing."""
    # All in one UPDATE: the one that approves is the last the database lets through.
    row.version += 1
    row.changed_at = work.now
    writing.write_step(work, author, row, draft)
    work.session.flush()


def move(work: Work, author: str, row: IncidentRow, step: Step, vocabulary: Vocabulary) -> None:
    """Write the step of a checked move, and where the incident stands after it."""
    action, target = step.action, rules.ROAD[step.action].target
    at = rules.check_moment(step.at or work.now, work.now)
    agency = outcome = detail = ""
    if action is IncidentAction.INFORM_POLICE:
        agency = step.agency or vocabulary.police
        vocabulary.check_agency(agency)
        if step.cad.strip():
            row.cad = search.normal_cad(step.cad, local_date(at))
        detail = f"CAD {row.cad}" if row.cad else ""
    if action is IncidentAction.CONCLUDE:
        outcome = step.outcome or "none"
        vocabulary.check_outcome(outcome)
    result = step.result.value if step.result is not None and action is IncidentAction.CONCLUDE else ""
    draft = StepDraft(
        kind=StepKind.MOVED,
        action=action.value,
        at=at,
        from_state=row.state,
        to_state=target.value,
        agency=agency,
        result=result,
        outcome=outcome,
        detail=detail,
        reason=step.reason.strip(),
    )
    row.state = target.value
    if action is IncidentAction.CONCLUDE:
        row.result, row.outcome = result, outcome
    elif action is IncidentAction.REOPEN:
        # The result stays readable in the timeline; the incident has none until it is concluded again.
        row.result = row.outcome = row.submitted_by = ""
    elif action is IncidentAction.SUBMIT:
        row.submitted_by = author
    take(work, author, row, draft)


def amend(work: Work, author: str, row: IncidentRow, changes: Amendment, vocabulary: Vocabulary) -> None:
    """Change the row's facts and write what was changed, from what, to what."""
    wanted = _checked(row, changes, vocabulary)
    said = []
    for column, (name, value) in wanted.items():
        before = getattr(row, column)
        if value != before:
            setattr(row, column, value)
            said.append(f"{name} {before or 'none'} → {value or 'none'}")
    if not said:
        raise InvalidInput("Nothing was changed.", remedy="Change a field, or close the form.")
    take(work, author, row, StepDraft(StepKind.AMENDED, "amended", detail="; ".join(said)))


def _checked(row: IncidentRow, changes: Amendment, vocabulary: Vocabulary) -> dict[str, tuple[str, str]]:
    if changes.category is not None and changes.category != row.category:
        vocabulary.check_category(changes.category, of_incident=True)
    if changes.source is not None and changes.source != row.source:
        vocabulary.check_source(changes.source)
    rules.check_place(changes.place or "", changes.ward or "")
    on = local_date(row.occurred_at)
    given = {
        "category": ("category", changes.category),
        "source": ("source", changes.source),
        "origin": ("found", changes.origin.value if changes.origin is not None else None),
        "place": ("place", changes.place.strip() if changes.place is not None else None),
        "ward": ("ward", changes.ward.strip() if changes.ward is not None else None),
        "cad": ("CAD", search.normal_cad(changes.cad, on) if changes.cad is not None else None),
        "crime_reference": (
            "crime reference",
            search.normal_crime_reference(changes.crime_reference)
            if changes.crime_reference is not None
            else None,
        ),
    }
    return {column: (name, value) for column, (name, value) in given.items() if value is not None}
