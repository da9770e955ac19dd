"""Where the market is and when it is open."""

from actions.base import Act


class AskMarketInfo(Act):
    """零工市场在哪点"""

    act = "ask_market_info"
