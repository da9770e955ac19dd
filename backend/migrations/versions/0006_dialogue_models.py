"""Dialogue models: how each was trained, how it scored, which one is in use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "dialogue_models",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("tree", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("file_kept", sa.Boolean(), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("requested_at", _WHEN, nullable=False),
        sa.Column("started_at", _WHEN, nullable=True),
        sa.Column("finished_at", _WHEN, nullable=True),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", _WHEN, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("seconds_left", sa.Integer(), nullable=True),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("held_back", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("dropped", _JSON, nullable=True),
        sa.Column("scored_on", sa.String(), nullable=True),
        sa.Column("figures", _JSON, nullable=True),
        sa.Column("figures_before", _JSON, nullable=True),
        sa.Column("compared_with", sa.Integer(), nullable=True),
        sa.Column("example_hashes", _JSON, nullable=True),
        sa.Column("scores", _JSON, nullable=True),
        sa.Column("compared", _JSON, nullable=True),
        sa.ForeignKeyConstraint(["compared_with"], ["dialogue_models.id"],
                                name=op.f("fk_dialogue_models_compared_with_dialogue_models")),
        sa.ForeignKeyConstraint(["requested_by"], ["staff.id"], name=op.f("fk_dialogue_models_requested_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialogue_models")),
        sa.UniqueConstraint("slot", name=op.f("uq_dialogue_models_slot")),
    )  # fmt: skip
    op.create_index("ix_dialogue_models_status_id", "dialogue_models", ["status", "id"])
    op.create_index("ix_dialogue_models_name", "dialogue_models", ["name"])
    op.create_table(
        "model_switches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", _WHEN, nullable=False),
        sa.Column("done_at", _WHEN, nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_model_switches_asked_by_staff")),
        sa.ForeignKeyConstraint(["model_id"], ["dialogue_models.id"],
                                name=op.f("fk_model_switches_model_id_dialogue_models")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_switches")),
        sa.UniqueConstraint("slot", name=op.f("uq_model_switches_slot")),
    )  # fmt: skip
    op.create_index("ix_model_switches_status_id", "model_switches", ["status", "id"])


def downgrade() -> None:
    op.drop_table("model_switches")
    op.drop_table("dialogue_models")
