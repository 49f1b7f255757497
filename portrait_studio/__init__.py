"""Portrait Studio: remove things from photographs of people and recover the body behind them."""

__version__ = "0.1.0"
