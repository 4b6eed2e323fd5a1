"""Says how what one person wrote is saved while another is connected: in the writer's name, marked with the other's."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import bindparam

from controlroom.audit.act import Act
from controlroom.database.tables import Base
from controlroom.database.written_rows import written
from controlroom.log.tables import LogAddendumRow, LogEntryRow


@dataclass(frozen=True)
class BroughtIn(Act):
    """An act of who wrote it, done by `by`, who is connected. Only entries and addenda are written in such acts."""

    by: str = ""

    @property
    def own(self) -> Act:
        """What is not the writer's but of who is connected: the link to an incident."""
        return Act(self.work, self.by, self.at)

    def put(self, row: Base) -> None:
        """Write an entry or an addendum; on a server by the one function that may write in another's name."""
        if isinstance(row, LogEntryRow | LogAddendumRow):
            row.brought_in_by = self.by
            if self.session.get_bind().dialect.name == "postgresql":
                row.id = self.session.scalars(_bring_in(row)).one()
                written(self.session).put(row)
                return
        super().put(row)


def _bring_in(row: Base) -> Any:
    columns = [column.name for column in row.__table__.columns]
    item = {name: getattr(row, name) for name in columns if getattr(row, name) is not None}
    plain = json.loads(json.dumps(item, default=datetime.isoformat))
    return select(func.controlroom_bring_in(row.__tablename__, bindparam("item", plain, JSONB)))
