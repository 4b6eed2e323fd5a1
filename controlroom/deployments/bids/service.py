"""Enters, submits and assesses bids, until a meeting takes them; tabling and deciding belong to meetings."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.access import reading, writing
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit.act import Act
from controlroom.audit.queries import check_unchanged
from controlroom.audit.records import AuditEntry
from controlroom.audit.service import entries_about
from controlroom.clock import local_date
from controlroom.database.rows import get_row
from controlroom.database.unit_of_work import Database
from controlroom.deployments.bids import queries, rules, scoring
from controlroom.deployments.bids import work as operations
from controlroom.deployments.bids.concerns import concerns as find_concerns
from controlroom.deployments.bids.records import (
    Assessment,
    Bid,
    BidContent,
    BidDeployment,
    BidState,
    NearestCamera,
)
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.jag import Jag
from controlroom.deployments.policy import Policy
from controlroom.errors import RuleBroken
from controlroom.texts import required, takes_texts

_S = BidState
BidDeployments = Callable[[Session, Collection[int]], Mapping[int, BidDeployment]]


@takes_texts
class BidService:
    """Enter, submit, ask, assess, withdraw, let lapse."""

    def __init__(self, database: Database, policy: Policy, jag: Jag, deployments: BidDeployments) -> None:
        """`deployments` says by bid id which deployment a bid has."""
        self._database, self._policy = database, policy
        self._jag, self._deployments = jag, deployments

    def bids(self, actor: Actor) -> list[Bid]:
        """Every bid, newest first."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            return self._load(session, session.scalars(select(BidRow).order_by(BidRow.id.desc())))

    def bid(self, actor: Actor, bid_id: int) -> Bid:
        """One bid."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            return self._load(session, [get_row(session, BidRow, bid_id, "bid")])[0]

    def history(self, actor: Actor, bid_id: int) -> list[AuditEntry]:
        """What was done to it, oldest first."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            return entries_about(session, "bid", get_row(session, BidRow, bid_id, "bid").reference)

    def nearest_camera(
        self, actor: Actor, latitude: float | None, longitude: float | None
    ) -> NearestCamera | None:
        """The nearest permanent camera to a position in degrees, None without one."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            return self._nearest(session, latitude, longitude)

    def concerns(self, actor: Actor, content: BidContent, bid_id: int | None = None) -> dict[str, str]:
        """What deserves a second look in what a bid states, by field; `bid_id` is the bid's own, once it is saved."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            return find_concerns(content, queries.other_bids(session, bid_id), self._policy.wards)

    def proposed(self, actor: Actor, bid_id: int) -> dict[str, int]:
        """The parts of the score the program proposes, by part."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            row = get_row(session, BidRow, bid_id, "bid")
            nearest = self._nearest(session, row.latitude, row.longitude)
            return scoring.proposed(queries.content_of(row), nearest, self._policy)

    def add(self, actor: Actor, content: BidContent) -> Bid:
        """Begin a bid; it is a draft until everything rule 3 (docs/rules.md) asks for is stated."""
        with writing(self._database, actor, Permission.WRITE_BIDS) as act:
            rules.check_content(content, self._policy)
            return self._record(act, operations.add_bid(act, content))

    def edit(self, actor: Actor, bid_id: int, content: BidContent, version: int) -> Bid:
        """Change a draft, or one that needs information. Raises Conflict when `version` is not the newest."""
        with self._changing(actor, bid_id) as (act, row):
            if BidState(row.state) not in rules.EDITABLE:
                raise RuleBroken(
                    f"{row.reference} is {row.state}: it is not changed any more.",
                    remedy="Ask for information first; the partner's answer is then added.",
                )
            about = {"name": row.reference, "kind": "bid", "subject": row.reference}
            check_unchanged(act.session, version, row.version, **about)
            rules.check_content(content, self._policy)
            operations.edit_bid(act, row, content)
            return self._record(act, row)

    def submit(self, actor: Actor, bid_id: int) -> Bid:
        """Hand in a bid that states everything; also the answer to a question."""
        with self._changing(actor, bid_id) as (act, row):
            rules.check_move(row.reference, _S(row.state), _S.SUBMITTED)
            rules.check_submit(row.reference, queries.content_of(row))
            operations.submit_bid(act, row)
            return self._record(act, row)

    def ask(self, actor: Actor, bid_id: int, question: str) -> Bid:
        """Ask the partner for information."""
        with self._changing(actor, bid_id) as (act, row):
            operations.ask_about_bid(
                act, row, required(question, "What should the partner tell?", field="question")
            )
            return self._record(act, row)

    def assess(self, actor: Actor, bid_id: int, assessment: Assessment) -> Bid:
        """Score a bid that passes the three tests, or score it again before it is tabled."""
        with self._changing(actor, bid_id) as (act, row):
            if _S(row.state) not in rules.ASSESSABLE:
                raise RuleBroken(f"{row.reference} is {row.state}: it is not scored now.")
            rules.check_assess(row.reference, queries.content_of(row))
            nearest = self._nearest(act.session, row.latitude, row.longitude)
            lines, total = scoring.score_lines(assessment, nearest, self._policy)
            operations.assess_bid(act, row, lines, total, nearest)
            return self._record(act, row)

    def withdraw(self, actor: Actor, bid_id: int, reason: str) -> Bid:
        """Take a bid back for the partner; refused while a deployment is under way for it."""
        return self._give_up(
            actor, bid_id, _S.WITHDRAWN, required(reason, "Why is the bid withdrawn?", field="reason")
        )

    def lapse(self, actor: Actor, bid_id: int, reason: str) -> Bid:
        """Let an approved, waitlisted or deferred bid lapse; refused while a deployment is under way for it."""
        return self._give_up(
            actor, bid_id, _S.LAPSED, required(reason, "Why does the bid lapse?", field="reason")
        )

    def _give_up(self, actor: Actor, bid_id: int, to: BidState, reason: str) -> Bid:
        with self._changing(actor, bid_id) as (act, row):
            rules.check_move(row.reference, _S(row.state), to)
            deployment = self._deployments(act.session, [row.id]).get(row.id)
            if deployment is not None and deployment.under_way:
                raise RuleBroken(
                    f"{deployment.reference} is under way for {row.reference}.",
                    remedy="Abort that deployment first.",
                )
            operations.move_bid(act, row, to, reason=reason)
            return self._record(act, row)

    @contextmanager
    def _changing(self, actor: Actor, bid_id: int) -> Iterator[tuple[Act, BidRow]]:
        """An act of somebody who may write bids, and the bid's locked row."""
        with writing(self._database, actor, Permission.WRITE_BIDS) as act:
            yield act, get_row(act.session, BidRow, bid_id, "bid", lock=True)

    def _nearest(
        self, session: Session, latitude: float | None, longitude: float | None
    ) -> NearestCamera | None:
        cameras = queries.permanent_cameras(session)
        return scoring.nearest_camera(latitude, longitude, cameras, self._policy)

    def _record(self, act: Act, row: BidRow) -> Bid:
        """The record after a change."""
        act.session.flush()
        return self._load(act.session, [row])[0]

    def _load(self, session: Session, rows: Iterable[BidRow]) -> list[Bid]:
        rows = list(rows)
        calendar = self._jag.calendar(session)
        deployments = self._deployments(session, [row.id for row in rows])
        today = local_date(self._database.clock.now())
        return queries.load(session, rows, self._policy, calendar, deployments, today)
