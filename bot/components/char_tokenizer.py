"""One token per Chinese character; runs of Latin letters or digits stay together.

Written Chinese has no word breaks, and every segmenter cuts dialect, surnames and slips wrongly; the models that follow
work on characters. Rasa needs tokens for its own bookkeeping and for `rasa test nlu`.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

_TOKEN = re.compile(r"[A-Za-z]+|\d+|\S")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class CharTokenizer(Tokenizer):
    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = message.get(attribute) or ""
        return [Token(match[0], match.start()) for match in _TOKEN.finditer(text)]
