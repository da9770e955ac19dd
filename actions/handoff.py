"""A person, and messages on or off."""

from actions.base import Act


class TalkToHuman(Act):
    """喊个人来接"""

    act = "talk_to_human"


class StopMessages(Act):
    """莫发了"""

    act = "stop_messages"


class ResumeMessages(Act):
    """恢复短信"""

    act = "resume_messages"
