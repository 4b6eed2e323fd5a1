"""Use cases of bids, up to the table of a meeting; tabling and deciding belong to meetings."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit.act import Act
from controlroom.audit.last_change import check_unchanged
from controlroom.audit.records import AuditEntry
from controlroom.audit.service import entries_about
from controlroom.clock import local_date
from controlroom.database.unit_of_work import Database, Work
from controlroom.deployments.bids import loading, rules, scoring
from controlroom.deployments.bids.records import (
    Assessment,
    Bid,
    BidContent,
    BidDeployment,
    BidState,
    NearestCamera,
)
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.bids.work import (
    add_bid,
    ask_about_bid,
    assess_bid,
    edit_bid,
    move_bid,
    submit_bid,
)
from controlroom.deployments.checks import needed
from controlroom.deployments.jag import Jag
from controlroom.deployments.policy import Policy
from controlroom.errors import RuleBroken

_S = BidState
BidDeployments = Callable[[Session, Collection[int]], Mapping[int, BidDeployment]]


class BidService:
    """Enter, submit, ask, assess, withdraw, let lapse."""

    def __init__(self, database: Database, policy: Policy, jag: Jag, deployments: BidDeployments) -> None:
        """`deployments` says by bid id which deployment a bid has."""
        self._database, self._policy = database, policy
        self._jag, self._deployments = jag, deployments

    def bids(self, actor: Actor) -> list[Bid]:
        """Every bid, newest first."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            return self._load(session, list(session.scalars(select(BidRow).order_by(BidRow.id.desc()))))

    def bid(self, actor: Actor, bid_id: int) -> Bid:
        """One bid."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            return self._load(session, [loading.get_row(session, bid_id)])[0]

    def history(self, actor: Actor, bid_id: int) -> list[AuditEntry]:
        """What was done to it, oldest first."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            return entries_about(session, "bid", loading.get_row(session, bid_id).reference)

    def nearest_camera(
        self, actor: Actor, latitude: float | None, longitude: float | None
    ) -> NearestCamera | None:
        """The nearest permanent camera to a position in degrees, None without one."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            return self._nearest(session, latitude, longitude)

    def proposed(self, actor: Actor, bid_id: int) -> dict[str, int]:
        """The parts of the score the program proposes, by part."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            row = loading.get_row(session, bid_id)
            nearest = self._nearest(session, row.latitude, row.longitude)
            return scoring.proposed(loading.content_of(row), nearest, self._policy)

    def add(self, actor: Actor, content: BidContent) -> Bid:
        """Begin a bid; it is a draft until everything rule 3 (docs/rules.md) asks for is stated."""
        with self._database.write() as work:
            require(work.session, actor, Permission.WRITE_BIDS)
            rules.check_content(content, self._policy)
            return self._again(work, add_bid(Act.now(work, actor.handle), content))

    def edit(self, actor: Actor, bid_id: int, content: BidContent, version: int) -> Bid:
        """Change a draft, or one that needs information. Raises Conflict when `version` is not the newest."""
        with self._database.write() as work:
            row = self._locked(work, actor, bid_id)
            if BidState(row.state) not in rules.EDITABLE:
                raise RuleBroken(
                    f"{row.reference} is {row.state}: it is not changed any more.",
                    remedy="Ask for information first; the partner's answer is then added.",
                )
            check_unchanged(
                work.session, version, row.version, name=row.reference, kind="bid", subject=row.reference
            )
            rules.check_content(content, self._policy)
            edit_bid(Act.now(work, actor.handle), row, content)
            return self._again(work, row)

    def submit(self, actor: Actor, bid_id: int) -> Bid:
        """Hand in a bid that states everything; also the answer to a question."""
        with self._database.write() as work:
            row = self._locked(work, actor, bid_id)
            rules.check_move(row.reference, _S(row.state), _S.SUBMITTED)
            rules.check_submit(row.reference, loading.content_of(row))
            submit_bid(Act.now(work, actor.handle), row)
            return self._again(work, row)

    def ask(self, actor: Actor, bid_id: int, question: str) -> Bid:
        """Ask the partner for information."""
        with self._database.write() as work:
            row = self._locked(work, actor, bid_id)
            asked = needed(question, "What should the partner tell?")
            ask_about_bid(Act.now(work, actor.handle), row, asked)
            return self._again(work, row)

    def assess(self, actor: Actor, bid_id: int, assessment: Assessment) -> Bid:
        """Score a bid that passes the three tests, or score it again before it is tabled."""
        with self._database.write() as work:
            row = self._locked(work, actor, bid_id)
            if _S(row.state) not in rules.ASSESSABLE:
                raise RuleBroken(f"{row.reference} is {row.state}: it is not scored now.")
            rules.check_assess(row.reference, loading.content_of(row))
            nearest = self._nearest(work.session, row.latitude, row.longitude)
            lines, total = scoring.score_lines(assessment, nearest, self._policy)
            assess_bid(Act.now(work, actor.handle), row, lines, total, nearest)
            return self._again(work, row)

    def withdraw(self, actor: Actor, bid_id: int, reason: str) -> Bid:
        """Take a bid back for the partner; refused while a deployment is under way for it."""
        return self._give_up(actor, bid_id, _S.WITHDRAWN, needed(reason, "Why is the bid withdrawn?"))

    def lapse(self, actor: Actor, bid_id: int, reason: str) -> Bid:
        """Let an approved, waitlisted or deferred bid lapse; refused while a deployment is under way for it."""
        return self._give_up(actor, bid_id, _S.LAPSED, needed(reason, "Why does the bid lapse?"))

    def _give_up(self, actor: Actor, bid_id: int, to: BidState, reason: str) -> Bid:
        with self._database.write() as work:
            row = self._locked(work, actor, bid_id)
            rules.check_move(row.reference, _S(row.state), to)
            deployment = self._deployments(work.session, [row.id]).get(row.id)
            if deployment is not None and deployment.under_way:
                raise RuleBroken(
                    f"{deployment.reference} is under way for {row.reference}.",
                    remedy="Abort that deployment first.",
                )
            move_bid(Act.now(work, actor.handle), row, to, reason=reason)
            return self._again(work, row)

    def _locked(self, work: Work, actor: Actor, bid_id: int) -> BidRow:
        """The bid's locked row, for somebody who may write bids."""
        require(work.session, actor, Permission.WRITE_BIDS)
        return loading.get_row(work.session, bid_id, lock=True)

    def _nearest(
        self, session: Session, latitude: float | None, longitude: float | None
    ) -> NearestCamera | None:
        cameras = loading.permanent_cameras(session)
        return scoring.nearest_camera(latitude, longitude, cameras, self._policy)

    def _again(self, work: Work, row: BidRow) -> Bid:
        """The record after a change."""
        work.session.flush()
        return self._load(work.session, [row])[0]

    def _load(self, session: Session, rows: list[BidRow]) -> list[Bid]:
        calendar = self._jag.calendar(session)
        deployments = self._deployments(session, [row.id for row in rows])
        today = local_date(self._database.clock.now())
        return loading.load(session, rows, self._policy, calendar, deployments, today)
