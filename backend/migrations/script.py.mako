<%!
    import re

    def body(text):
        return re.sub(r"(?m)^ *# ###.*\n?", "", text or "pass").strip() or "pass"
%>\
"""${message.capitalize()}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${body(upgrades)}


def downgrade() -> None:
    ${body(downgrades)}
