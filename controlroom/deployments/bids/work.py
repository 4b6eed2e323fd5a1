"""Row operations on bids in an open unit of work; the services and the demonstration borough use them."""

from controlroom.audit.act import Act
from controlroom.deployments.bids import rules
from controlroom.deployments.bids.queries import content_columns
from controlroom.deployments.bids.records import BidContent, BidState, NearestCamera, ScoreLine
from controlroom.deployments.bids.tables import BidRow, BidScoreRow

_S = BidState


def add_bid(act: Act, content: BidContent) -> BidRow:
    """Begin a bid, as a draft."""
    row = BidRow(
        reference=act.next_reference("BID"),
        state=_S.DRAFT.value,
        created_at=act.at,
        created_by=act.who,
        **content_columns(content),
    )
    act.session.add(row)
    act.session.flush()
    note_bid(act, row, "added", text=row.place, partner=row.partner)
    return row


def edit_bid(act: Act, row: BidRow, content: BidContent) -> None:
    """Change what a bid states; its audit entry names the fields that changed."""
    columns = content_columns(content)
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    for name, value in columns.items():
        setattr(row, name, value)
    row.version += 1
    note_bid(act, row, "edited", fields=changed)


def submit_bid(act: Act, row: BidRow) -> None:
    """Hand in a bid; also the answer to a question."""
    row.submitted_on = row.submitted_on or act.today
    row.question = ""
    move_bid(act, row, _S.SUBMITTED)


def ask_about_bid(act: Act, row: BidRow, question: str) -> None:
    """Ask the partner for information."""
    move_bid(act, row, _S.NEEDS_INFORMATION, reason=question)
    row.question = question


def assess_bid(
    act: Act, row: BidRow, lines: tuple[ScoreLine, ...], total: float, nearest: NearestCamera | None
) -> None:
    """Score a bid, for the first time or again, with the camera it was measured against."""
    given_before = {line.part: line for line in row.lines}
    rows = []
    for position, line in enumerate(lines):
        each = given_before.get(line.part) or BidScoreRow(part=line.part)
        each.position, each.title, each.given = position, line.title, line.given
        each.weight, each.points, each.note = line.weight, line.points, line.note
        rows.append(each)
    row.lines, row.score = rows, total
    row.nearest_number = nearest.number if nearest else ""
    row.nearest_name = nearest.name if nearest else ""
    row.nearest_m = nearest.distance_m if nearest else None
    row.nearest_usable_m = nearest.usable_m if nearest else None
    given = {line.part: line.given for line in lines}
    if row.state == _S.SUBMITTED:
        move_bid(act, row, _S.ASSESSED, score=total, given=given)
    else:
        note_bid(act, row, "scored-again", score=total, given=given)


def move_bid(act: Act, row: BidRow, to: BidState, *, reason: str = "", **detail: object) -> None:
    """Move a bid to another state, with its audit entry; the one place where a bid changes state.

    Raises RuleBroken when that state cannot follow.
    """
    here = BidState(row.state)
    rules.check_move(row.reference, here, to)
    row.state, row.reason = to.value, reason.strip()
    act.session.flush()  # step by step, as the database wants them
    note_bid(act, row, to.value.replace(" ", "-"), text=row.reason, was=here.value, **detail)


def note_bid(act: Act, row: BidRow, verb: str, *, text: str = "", **detail: object) -> None:
    """Audit and announce something done to a bid."""
    act.note("bid", verb, row.reference, row.id, text=text, **detail)
