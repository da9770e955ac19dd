"""Of two who are not one it is kept where each stood, so that a place's are found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

AREAS = {"first_area": "first_id", "second_area": "second_id"}


def upgrade() -> None:
    for area, number in AREAS.items():
        op.add_column("distinct_pairs", sa.Column(area, sa.String(), nullable=True))
        op.execute(
            f"UPDATE distinct_pairs SET {area} = (SELECT persons.village_code FROM workers"  # noqa: S608 - names of ours
            f" JOIN persons ON persons.id = workers.person_id WHERE workers.id = distinct_pairs.{number})"
        )
        op.create_index(op.f(f"ix_distinct_pairs_{area}"), "distinct_pairs", [area])


def downgrade() -> None:
    for area in reversed(AREAS):
        op.drop_index(op.f(f"ix_distinct_pairs_{area}"), "distinct_pairs")
        op.drop_column("distinct_pairs", area)
