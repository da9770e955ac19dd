"""What `make run` says once the line is up: where things are and how to try them."""

from __future__ import annotations

from backend.settings import Settings, demo_secrets


def welcome(settings: Settings) -> str:
    base = settings.public_base_url
    lines = [
        "",
        "零工热线 is up · Linggong Line is up",
        "",
        f"  staff console 工作人员后台   {base}/console",
        f"  JSON API                    {base}/api/v1/openapi.json",
        f"  health                      {base}/readyz",
    ]
    if settings.is_demo:
        made = demo_secrets(settings.data_dir)
        lines[3:3] = [f"  a phone in the browser 手机  {base}/phone"]
        lines += ["", "  demo logins (no real person):"]
        for role, where in (("VILLAGE", "村"), ("TOWN", "镇"), ("COUNTY", "县")):
            lines.append(
                f"    {where} {role.lower():8} {made[f'DEMO_STAFF_{role}_LOGIN']:6} {made[f'DEMO_STAFF_{role}_PASSWORD']}"
            )
        lingong = "lingong" if not (prefix := _data_dir_hint(settings)) else f"{prefix} lingong"
        command = lingong.replace("lingong", ".venv/bin/lingong")
        lines += [
            "",
            "  text and call it from here:",
            f'    {command} text "我是兴泉社区的王秀英 五十八了 会采茶 想找点活路"',
            f"    {command} call",
        ]
    lines += ["", f"  logs {settings.data_dir / 'logs'} · Ctrl-C stops everything · 按 Ctrl-C 全部停下", ""]
    return "\n".join(lines)


def _data_dir_hint(settings: Settings) -> str:
    """What to put before the command when this is not the default copy."""
    from backend.settings import ROOT

    if settings.data_dir == ROOT / "var" and settings.port == 8000:
        return ""
    return f"DATA_DIR={settings.data_dir} PORT={settings.port}"
