"""Are the words of incidents' steps still those that were entered?"""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.incidents.tables import IncidentStepRow
from controlroom.log.checking import TextLine, check_texts
from controlroom.log.tables import LogTextRow


def check_words(session: Session, _folder: Path) -> tuple[list[str], str]:
    """The words of every step that has some."""
    return check_texts(session, _lines(session))


def _lines(session: Session) -> Iterator[TextLine]:
    text, step = LogTextRow, IncidentStepRow
    query = (
        select(step.id, step.recorded_at, step.text_hash, text.salt, text.reason, text.text)
        .outerjoin(text, text.step_id == step.id)
        .where(step.text_hash != "")
    )
    with session.execute(query.execution_options(yield_per=1000)) as rows:
        for row in rows:
            yield f"incident step {row[0]}", row[1], row[2], row[3], row[4], row[5], None
